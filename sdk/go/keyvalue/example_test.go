package keyvalue_test

import (
	"errors"
	"strconv"

	"bailiwick.dev/sdk/keyvalue"
	"bailiwick.dev/sdk/log"
	"bailiwick.dev/sdk/wit/bailiwick_key_value_key_value"
)

func ExampleGet() {
	name, found, err := keyvalue.Get("name")
	if err == nil && found {
		log.Info(string(name))
	}
}

func ExampleSet() {
	if err := keyvalue.Set("name", []byte("a text, or bytes")); errors.Is(err, keyvalue.ErrQuota) {
		log.Warn("the store is full")
	}
}

func ExampleCompareAndSet() {
	first, err := keyvalue.CompareAndSet("first", nil, []byte("here"))
	_, _ = first, err
}

func ExampleUpdate() {
	calls, err := keyvalue.Update("calls", func(before []byte) []byte {
		number, _ := strconv.Atoi(string(before))
		return strconv.AppendInt(nil, int64(number)+1, 10)
	})
	_, _ = calls, err
}

func ExampleDelete() {
	_ = keyvalue.Delete("name")
}

func ExampleList() {
	first, next, err := keyvalue.List("page/", "", 10)
	_, _, _ = first, next, err
}

func ExampleKeys() {
	pages, _ := keyvalue.Keys("page/")
	for _, page := range pages {
		_ = keyvalue.Delete(page)
	}
}

func ExampleToWit() {
	type failure struct {
		cause bailiwick_key_value_key_value.Error
	}
	if err := keyvalue.Delete("name"); err != nil {
		_ = failure{keyvalue.ToWit(err)}
	}
}
