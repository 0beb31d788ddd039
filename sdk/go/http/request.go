package http

import (
	"bailiwick.dev/sdk/wit/bailiwick_http_http_request"
	"bailiwick.dev/sdk/wit/bailiwick_http_types"
	witTypes "go.bytecodealliance.org/pkg/wit/types"
)

// Request is the description of a request. Sending it uses it up.
type Request struct {
	handle *bailiwick_http_types.Request
}

// NewRequest describes a request with this method, in capitals, to this URL. Nothing is sent.
func NewRequest(method, url string) *Request {
	return &Request{bailiwick_http_types.MakeRequest(method, url)}
}

// AddHeader adds a header.
func (request *Request) AddHeader(name, value string) error {
	_, err := unpack(request.handle.AddHeader(name, value))
	return err
}

// SetBody sets the whole body.
func (request *Request) SetBody(body []byte) error {
	_, err := unpack(request.handle.SetBody(body))
	return err
}

// Send sends the request and waits for the whole answer. The world must import http-request.
func (request *Request) Send() (Response, error) {
	return unpack(bailiwick_http_http_request.Send(request.handle))
}

// Open sends the request; the body of the answer comes in pieces. The world must import http-request.
func (request *Request) Open() (*Incoming, error) {
	return opened(unpack(bailiwick_http_http_request.Open(request.handle)))
}

// Upload starts the request; a body of any length follows in pieces. The world must import http-request.
func (request *Request) Upload() (*Outgoing, error) {
	return request.upload(witTypes.None[uint64]())
}

// UploadLength starts the request; a body of exactly length bytes follows in pieces. The world must import http-request.
func (request *Request) UploadLength(length uint64) (*Outgoing, error) {
	return request.upload(witTypes.Some(length))
}

func (request *Request) upload(length witTypes.Option[uint64]) (*Outgoing, error) {
	handle, err := unpack(bailiwick_http_http_request.Upload(request.handle, length))
	if err != nil {
		return nil, err
	}
	return &Outgoing{handle}, nil
}

// Close gives up a request that is not sent. It never fails.
func (request *Request) Close() error {
	request.handle.Drop()
	return nil
}

// Outgoing is a request whose body is sent in pieces: an io.WriteCloser with a Finish.
type Outgoing struct {
	handle *bailiwick_http_types.Outgoing
}

// Write sends data as the next piece of the body.
func (outgoing *Outgoing) Write(data []byte) (int, error) {
	written := 0
	for written < len(data) {
		piece := data[written:min(len(data), written+pieceMax)]
		if _, err := unpack(outgoing.handle.Write(piece)); err != nil {
			return written, err
		}
		written += len(piece)
	}
	return written, nil
}

// Finish ends the body and waits for the answer.
func (outgoing *Outgoing) Finish() (*Incoming, error) {
	return opened(unpack(bailiwick_http_types.OutgoingFinish(outgoing.handle)))
}

// Close gives up a request that is not finished. It never fails.
func (outgoing *Outgoing) Close() error {
	outgoing.handle.Drop()
	return nil
}
