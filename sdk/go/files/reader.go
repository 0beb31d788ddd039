package files

import (
	"errors"
	"io"

	"bailiwick.dev/sdk/wit/bailiwick_files_types"
)

// pieceMax is how much one call of the host carries here: far below the host's own limit, and enough to make calls rare.
const pieceMax = 1 << 20

// ReaderArgument is a reader as an exported function gets it.
type ReaderArgument = bailiwick_files_types.Reader

// Reader is a file that is open for reading: an io.ReadSeekCloser.
type Reader struct {
	handle   *ReaderArgument
	position uint64
}

var errPosition = errors.New("the position would be before the start")

// NewReader reads from the argument of an exported function. Closing it is not needed, and does no harm.
func NewReader(argument *ReaderArgument) *Reader { return &Reader{handle: argument} }

// Read reads up to len(buffer) bytes; io.EOF at the end.
func (reader *Reader) Read(buffer []byte) (int, error) {
	if len(buffer) == 0 {
		return 0, nil
	}
	piece, err := reader.ReadPiece(uint32(min(len(buffer), pieceMax)))
	return copy(buffer, piece), err
}

// ReadPiece reads up to max bytes into memory that is as large as what comes; io.EOF at the end.
func (reader *Reader) ReadPiece(max uint32) ([]byte, error) {
	piece, err := unpack(reader.handle.Read(max))
	if err != nil {
		return nil, err
	}
	if len(piece) == 0 {
		return nil, io.EOF
	}
	reader.position += uint64(len(piece))
	return piece, nil
}

// Seek moves the position, as io.Seeker says. A position past the end is allowed: reads there find the end.
func (reader *Reader) Seek(offset int64, whence int) (int64, error) {
	position := offset
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		position += int64(reader.position)
	case io.SeekEnd:
		position += int64(reader.Size())
	default:
		return 0, errors.New("there is no such whence")
	}
	if position < 0 {
		return 0, errPosition
	}
	reader.handle.Seek(uint64(position))
	reader.position = uint64(position)
	return position, nil
}

// Size is the size of the file in bytes, as it was when it was opened.
func (reader *Reader) Size() uint64 { return reader.handle.Size() }

// Close gives the file back. It never fails.
func (reader *Reader) Close() error {
	reader.handle.Drop()
	return nil
}
