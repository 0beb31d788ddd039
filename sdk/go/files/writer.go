package files

import "bailiwick.dev/sdk/wit/bailiwick_files_types"

// WriterArgument is a writer as an exported function gets it.
type WriterArgument = bailiwick_files_types.Writer

// Writer is a file that is being written: an io.WriteCloser with a Commit.
type Writer struct {
	handle *WriterArgument
}

// NewWriter writes to the argument of an exported function. The host commits it when the function returns without an error.
func NewWriter(argument *WriterArgument) *Writer { return &Writer{handle: argument} }

// Write appends data.
func (writer *Writer) Write(data []byte) (int, error) {
	written := 0
	for written < len(data) {
		piece := data[written:min(len(data), written+pieceMax)]
		if _, err := unpack(writer.handle.Write(piece)); err != nil {
			return written, err
		}
		written += len(piece)
	}
	return written, nil
}

// Commit makes what was written the content of the file.
func (writer *Writer) Commit() error {
	_, err := unpack(writer.handle.Commit())
	return err
}

// Close gives the writer back. Without a Commit before it, the file stays as it was. It never fails.
func (writer *Writer) Close() error {
	writer.handle.Drop()
	return nil
}
