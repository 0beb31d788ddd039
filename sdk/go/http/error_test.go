package http

import (
	"errors"
	"fmt"
	"testing"

	wit "bailiwick.dev/sdk/wit/bailiwick_http_types"
)

func TestEveryCaseIsToldApartAndPassedOn(t *testing.T) {
	for _, example := range []struct {
		wit   wit.Error
		is    error
		words string
	}{
		{wit.MakeErrorDenied(), ErrDenied, "denied"},
		{wit.MakeErrorNotFound(), ErrNotFound, "not found"},
		{wit.MakeErrorLimit(wit.LimitResponseSize), ErrLimit, "response-size: a limit of the call is reached"},
		{wit.MakeErrorQuota(), ErrQuota, "the quota is used up"},
		{wit.MakeErrorSecret(), ErrSecret, "a secret stood in the way"},
		{wit.MakeErrorUnavailable(), ErrUnavailable, "unavailable"},
		{wit.MakeErrorInvalid("late"), ErrInvalid, "invalid: late"},
	} {
		_, err := unpack(Result[int](errorOf(example.wit)))
		if !errors.Is(err, example.is) || err.Error() != example.words {
			t.Errorf("%v is not %v", err, example.is)
		}
		wrapped := fmt.Errorf("row 7: %w", err)
		if passed := Return(0, wrapped); passed.Err() != example.wit {
			t.Errorf("%v is passed on as %v", err, passed.Err())
		}
	}
}

func errorOf(err wit.Error) Result[int] { return Return(0, &Error{err}) }

func TestAnyOtherErrorIsItsWords(t *testing.T) {
	if passed := Return(0, errors.New("no header")).Err(); passed.Tag() != wit.ErrorOther || passed.Other() != "no header" {
		t.Error(passed)
	}
	if passed := Return(0, errors.New("no \xff")).Err(); passed.Other() != "no \uFFFD" {
		t.Errorf("%q", passed.Other())
	}
	if result := Return(7, nil); result.Ok() != 7 {
		t.Error(result)
	}
}
