// Package counter is the interface of this name in wit/world.wit.
package counter

import (
	"strings"

	"{{namespace}}/{{name}}/internal/lines"
)

// CountLines counts the lines of the text.
func CountLines(text string) uint32 {
	// A string gives no errors to read.
	count, _ := lines.Count(strings.NewReader(text))
	return count
}
