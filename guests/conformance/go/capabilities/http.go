package capabilities

import (
	"bailiwick.dev/sdk/http"
	"go.bytecodealliance.org/pkg/wit/types"
)

// uploadAnswerPiece is how much of the answer to an upload is read at a time.
const uploadAnswerPiece = 7

func Get(url string) http.Result[http.Response] { return http.Return(http.Get(url)) }

func GetInPieces(url string, piece uint32) http.Result[http.Response] {
	incoming, err := http.Open(url)
	return http.Return(drain(incoming, err, piece))
}

func Send(method string, url string, headers []http.Header, body wit_types.Option[[]uint8]) http.Result[http.Response] {
	return http.Return(send(method, url, headers, body))
}

func send(method string, url string, headers []http.Header, body wit_types.Option[[]uint8]) (http.Response, error) {
	request := http.NewRequest(method, url)
	defer request.Close()
	for _, header := range headers {
		if err := request.AddHeader(header.Name, header.Value); err != nil {
			return http.Response{}, err
		}
	}
	if body.IsSome() {
		if err := request.SetBody(body.Some()); err != nil {
			return http.Response{}, err
		}
	}
	return request.Send()
}

func SendInPieces(method string, url string, piece uint32) http.Result[http.Response] {
	incoming, err := http.NewRequest(method, url).Open()
	return http.Return(drain(incoming, err, piece))
}

func Upload(method string, url string, pieces [][]uint8, announce bool) http.Result[http.Response] {
	incoming, err := upload(method, url, pieces, announce)
	return http.Return(drain(incoming, err, uploadAnswerPiece))
}

func upload(method string, url string, pieces [][]uint8, announce bool) (*http.Incoming, error) {
	outgoing, err := begin(method, url, pieces, announce)
	if err != nil {
		return nil, err
	}
	defer outgoing.Close()
	for _, piece := range pieces {
		if _, err := outgoing.Write(piece); err != nil {
			return nil, err
		}
	}
	return outgoing.Finish()
}

func begin(method string, url string, pieces [][]uint8, announce bool) (*http.Outgoing, error) {
	request := http.NewRequest(method, url)
	if !announce {
		return request.Upload()
	}
	length := uint64(0)
	for _, piece := range pieces {
		length += uint64(len(piece))
	}
	return request.UploadLength(length)
}

// drain is the whole of an answer whose body is read in pieces.
func drain(incoming *http.Incoming, err error, piece uint32) (http.Response, error) {
	if err != nil {
		return http.Response{}, err
	}
	defer incoming.Close()
	body, err := readAll(incoming, piece)
	if err != nil {
		return http.Response{}, err
	}
	return http.Response{
		Status:  incoming.Status(),
		Url:     incoming.URL(),
		Headers: incoming.Headers(),
		Body:    body,
	}, nil
}
