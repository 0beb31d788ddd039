package http_test

import (
	"encoding/json"
	"errors"
	"io"

	"bailiwick.dev/sdk/http"
	"bailiwick.dev/sdk/log"
	"bailiwick.dev/sdk/wit/bailiwick_http_types"
)

func ExampleGet() {
	answer, err := http.Get("https://api.example.com/rates")
	if err != nil || answer.Status/100 != 2 {
		return
	}
	var rates map[string]float64
	_ = json.Unmarshal(answer.Body, &rates)
}

func ExampleOpen() {
	answer, err := http.Open("https://api.example.com/large.csv")
	if err != nil {
		return
	}
	defer answer.Close()
	_, _ = io.Copy(io.Discard, answer)
}

func ExampleFind() {
	answer, _ := http.Get("https://api.example.com/rates")
	if kind, ok := http.Find(answer.Headers, "content-type"); ok {
		log.Debug(kind)
	}
}

func ExampleIncoming() {
	answer, err := http.Open("https://api.example.com/rates")
	if err == nil && answer.Status() == 200 {
		log.Debug(answer.URL())
		_ = answer.Headers()
	}
}

func ExampleIncoming_ReadPiece() {
	answer, err := http.Open("https://api.example.com/rates")
	for err == nil {
		_, err = answer.ReadPiece(1 << 16)
	}
}

func ExampleNewRequest() {
	request := http.NewRequest("POST", "https://api.example.com/rows")
	defer request.Close()
	if err := request.AddHeader("content-type", "text/csv"); err != nil {
		return
	}
	if err := request.SetBody([]byte("day,amount\n")); err != nil {
		return
	}
	answer, err := request.Send()
	_, _ = answer, err
}

func ExampleRequest_Open() {
	answer, err := http.NewRequest("GET", "https://api.example.com/large.csv").Open()
	_, _ = answer, err
}

func ExampleRequest_Upload() {
	outgoing, err := http.NewRequest("PUT", "https://api.example.com/rows").Upload()
	if err != nil {
		return
	}
	defer outgoing.Close()
	if _, err := io.WriteString(outgoing, "day,amount\n"); err != nil {
		return
	}
	answer, err := outgoing.Finish()
	_, _ = answer, err
}

func ExampleRequest_UploadLength() {
	rows := []byte("day,amount\n")
	outgoing, err := http.NewRequest("PUT", "https://api.example.com/rows").UploadLength(uint64(len(rows)))
	if err == nil {
		_, _ = outgoing.Write(rows)
	}
}

func ExampleReturn() {
	status := func(url string) (uint16, error) {
		answer, err := http.Get(url)
		return answer.Status, err
	}
	// Status is what the world exports.
	Status := func(url string) http.Result[uint16] { return http.Return(status(url)) }
	_ = Status
}

func ExampleDone() {
	_, err := http.NewRequest("DELETE", "https://api.example.com/rows").Send()
	// The WIT says result<_, error>.
	_ = http.Done(err)
}

func ExampleToWit() {
	type failure struct{ cause bailiwick_http_types.Error }
	if _, err := http.Get("https://api.example.com/rates"); err != nil {
		_ = failure{http.ToWit(err)}
	}
}

func ExampleError() {
	_, err := http.Get("https://api.example.com/rates")
	if errors.Is(err, http.ErrUnavailable) {
		log.Warn("try again later")
	}
}
