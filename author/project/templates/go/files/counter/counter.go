// Package counter is the interface of this name in wit/world.wit.
package counter

import (
	"bailiwick.dev/sdk/files"
	"{{namespace}}/{{name}}/internal/lines"
)

// CountLines counts the lines of the file at path.
func CountLines(path string) files.Result[uint32] {
	return files.Return(countLines(path))
}

func countLines(path string) (uint32, error) {
	file, err := files.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	return lines.Count(file)
}
