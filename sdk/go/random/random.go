// Package random has unpredictable bytes, where the policy grants them. Without the grant, crypto/rand and math/rand give the
// same bytes in every call.
package random

import (
	"io"

	"bailiwick.dev/sdk/internal/cause"
	"bailiwick.dev/sdk/wit/bailiwick_random_random"
	witTypes "go.bytecodealliance.org/pkg/wit/types"
)

// The cases of an error, to be asked for with errors.Is.
var (
	// ErrDenied: this call was narrowed to have no random bytes.
	ErrDenied = cause.Denied
	// ErrLimit: more bytes than one host call may carry, or a limit of this call is reached.
	ErrLimit = cause.Limit
	// ErrUnavailable: the host has no source of random bytes.
	ErrUnavailable = cause.Unavailable
)

// Reader reads random bytes, fit for cryptography. The world must import random.
var Reader io.Reader = source{}

type source struct{}

// Bytes is length random bytes, fit for cryptography. The world must import random.
func Bytes(length uint32) ([]byte, error) {
	return unpack(bailiwick_random_random.Bytes(length))
}

// pieceMax is how much one call of the host carries here: far below the host's own limit.
const pieceMax = 1 << 20

func (source) Read(buffer []byte) (int, error) {
	bytes, err := Bytes(uint32(min(len(buffer), pieceMax)))
	return copy(buffer, bytes), err
}

// ToWit is an error of this package in the types of the bindings; any other is the case `other` with its words.
func ToWit(err error) bailiwick_random_random.Error {
	switch err {
	case ErrDenied:
		return bailiwick_random_random.MakeErrorDenied()
	case ErrLimit:
		return bailiwick_random_random.MakeErrorLimit()
	case ErrUnavailable:
		return bailiwick_random_random.MakeErrorUnavailable()
	}
	if described, ok := err.(*cause.Described); ok {
		return bailiwick_random_random.MakeErrorOther(described.Words)
	}
	return bailiwick_random_random.MakeErrorOther(err.Error())
}

func unpack[T any](result witTypes.Result[T, bailiwick_random_random.Error]) (T, error) {
	if result.IsOk() {
		return result.Ok(), nil
	}
	var none T
	switch wit := result.Err(); wit.Tag() {
	case bailiwick_random_random.ErrorDenied:
		return none, ErrDenied
	case bailiwick_random_random.ErrorLimit:
		return none, ErrLimit
	case bailiwick_random_random.ErrorUnavailable:
		return none, ErrUnavailable
	default:
		return none, &cause.Described{Case: cause.Other, Words: wit.Other()}
	}
}
