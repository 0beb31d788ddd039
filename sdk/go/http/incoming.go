package http

import (
	"io"

	"bailiwick.dev/sdk/wit/bailiwick_http_types"
)

// pieceMax is how much one call of the host carries here: far below the host's own limit, and enough to make calls rare.
const pieceMax = 1 << 20

// Incoming is an answer whose body is read in pieces: an io.ReadCloser.
type Incoming struct {
	handle *bailiwick_http_types.Incoming
}

func opened(handle *bailiwick_http_types.Incoming, err error) (*Incoming, error) {
	if err != nil {
		return nil, err
	}
	return &Incoming{handle}, nil
}

// Status is the status code.
func (incoming *Incoming) Status() uint16 { return incoming.handle.Status() }

// URL is the one that answered: the last one when there were redirects.
func (incoming *Incoming) URL() string { return incoming.handle.Url() }

// Headers are those of the answer, in its order.
func (incoming *Incoming) Headers() []Header { return incoming.handle.Headers() }

// Read reads up to len(buffer) bytes of the body; io.EOF at its end. Where the body breaks off it is ErrUnavailable, and what
// came before is not the whole.
func (incoming *Incoming) Read(buffer []byte) (int, error) {
	if len(buffer) == 0 {
		return 0, nil
	}
	piece, err := incoming.ReadPiece(uint32(min(len(buffer), pieceMax)))
	return copy(buffer, piece), err
}

// ReadPiece reads up to max bytes of the body into memory that is as large as what comes; io.EOF at its end.
func (incoming *Incoming) ReadPiece(max uint32) ([]byte, error) {
	piece, err := unpack(incoming.handle.Read(max))
	if err != nil {
		return nil, err
	}
	if len(piece) == 0 {
		return nil, io.EOF
	}
	return piece, nil
}

// Close gives the answer back. It never fails.
func (incoming *Incoming) Close() error {
	incoming.handle.Drop()
	return nil
}
