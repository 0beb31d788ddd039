// Package lines counts lines.
package lines

import (
	"bytes"
	"io"
)

// pieceSize is how much is in memory at a time: a source of any size fits.
const pieceSize = 64 << 10

// Count counts the lines of what is read. A last one without an end counts.
func Count(source io.Reader) (uint32, error) {
	piece := make([]byte, pieceSize)
	lines, isOpen := uint32(0), false
	for {
		length, err := source.Read(piece)
		if length > 0 {
			lines += uint32(bytes.Count(piece[:length], []byte("\n")))
			isOpen = piece[length-1] != '\n'
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return 0, err
		}
	}
	if isOpen {
		lines++
	}
	return lines, nil
}
