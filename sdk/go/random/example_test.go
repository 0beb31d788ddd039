package random_test

import (
	"errors"
	"io"

	"bailiwick.dev/sdk/random"
	"bailiwick.dev/sdk/wit/bailiwick_random_random"
)

func ExampleBytes() {
	key, err := random.Bytes(32)
	if errors.Is(err, random.ErrDenied) {
		return
	}
	_ = key
}

func ExampleToWit() {
	type failure struct{ cause bailiwick_random_random.Error }
	if _, err := random.Bytes(1); err != nil {
		_ = failure{random.ToWit(err)}
	}
}

func ExampleReader() {
	key := make([]byte, 32)
	_, _ = io.ReadFull(random.Reader, key)
}
