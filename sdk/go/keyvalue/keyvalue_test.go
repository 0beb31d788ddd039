package keyvalue

import (
	"errors"
	"slices"
	"testing"

	"bailiwick.dev/sdk/wit/bailiwick_key_value_key_value"
	witTypes "go.bytecodealliance.org/pkg/wit/types"
)

func TestAnUpdateBeginsAgainWhenSomebodyElseWasFaster(t *testing.T) {
	values := [][]byte{[]byte("1"), []byte("2")}
	tries := 0
	get := func(string) ([]byte, bool, error) {
		tries++
		return values[tries-1], true, nil
	}
	set := func(_ string, expected, value []byte) (bool, error) {
		return string(value) == "2+", nil
	}
	value, err := update("key", func(before []byte) []byte { return append(before, '+') }, get, set)
	if string(value) != "2+" || err != nil || tries != 2 {
		t.Fatal(string(value), err, tries)
	}
}

func TestAnEmptyValueIsNotNone(t *testing.T) {
	get := func(string) ([]byte, bool, error) { return nil, true, nil }
	set := func(_ string, expected, _ []byte) (bool, error) { return expected != nil, nil }
	if _, err := update("key", func(before []byte) []byte { return before }, get, set); err != nil {
		t.Fatal(err)
	}
}

func TestAnErrorEndsAnUpdate(t *testing.T) {
	get := func(string) ([]byte, bool, error) { return nil, false, ErrDenied }
	if _, err := update("key", func(before []byte) []byte { return before }, get, nil); err != ErrDenied {
		t.Fatal(err)
	}
}

func TestAllKeysAreThoseOfAllParts(t *testing.T) {
	list := func(_, after string, _ uint32) ([]string, string, error) {
		if after == "" {
			return []string{"a"}, "a", nil
		}
		return []string{"b"}, "", nil
	}
	all, err := keys("", list)
	if !slices.Equal(all, []string{"a", "b"}) || err != nil {
		t.Fatal(all, err)
	}
}

func TestEveryCaseComesAndGoes(t *testing.T) {
	for _, wit := range []bailiwick_key_value_key_value.Error{
		bailiwick_key_value_key_value.MakeErrorDenied(),
		bailiwick_key_value_key_value.MakeErrorLimit(),
		bailiwick_key_value_key_value.MakeErrorQuota(),
		bailiwick_key_value_key_value.MakeErrorSecret(),
		bailiwick_key_value_key_value.MakeErrorUnavailable(),
		bailiwick_key_value_key_value.MakeErrorInvalid("words"),
		bailiwick_key_value_key_value.MakeErrorOther("words"),
	} {
		_, err := unpack(witTypes.Err[bool](wit))
		if ToWit(err) != wit {
			t.Error(err)
		}
	}
	_, err := unpack(witTypes.Err[bool](bailiwick_key_value_key_value.MakeErrorInvalid("words")))
	if !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
}
