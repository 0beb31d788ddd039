// Package counter is the interface of this name in wit/world.wit.
package counter

import (
	"bailiwick.dev/sdk/files"
	"{{namespace}}/{{name}}/internal/lines"
)

// CountLines counts the lines of a file that the caller opened.
func CountLines(text *files.ReaderArgument) files.Result[uint32] {
	return files.Return(lines.Count(files.NewReader(text)))
}
