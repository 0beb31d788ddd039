package files

import (
	"errors"
	"io/fs"
	"strings"

	"bailiwick.dev/sdk/internal/cause"
	"bailiwick.dev/sdk/wit/bailiwick_files_types"
	witTypes "go.bytecodealliance.org/pkg/wit/types"
)

// The cases of an error, to be asked for with errors.Is. ErrDenied is fs.ErrPermission, and ErrNotFound is fs.ErrNotExist, too.
var (
	// ErrDenied: the policy does not permit it. Trying again does not help.
	ErrDenied = cause.Denied
	// ErrNotFound: the policy permits it, and there is no such file.
	ErrNotFound = cause.NotFound
	// ErrLimit: a limit of this call is reached.
	ErrLimit = cause.Limit
	// ErrQuota: there is no space left.
	ErrQuota = cause.Quota
	// ErrSecret: it would have carried a secret where it is not bound to.
	ErrSecret = cause.Secret
	// ErrUnavailable: the storage did not answer. Trying again later may help.
	ErrUnavailable = cause.Unavailable
	// ErrInvalid: an argument is not usable.
	ErrInvalid = cause.Invalid
)

// Error is the error of the contract, as it comes from the host and goes to the caller.
type Error struct {
	wit bailiwick_files_types.Error
}

// Error says what the case is, and the words where it has some.
func (err *Error) Error() string {
	switch err.wit.Tag() {
	case bailiwick_files_types.ErrorLimit:
		return limits[err.wit.Limit()] + ": " + ErrLimit.Error()
	case bailiwick_files_types.ErrorInvalid:
		return ErrInvalid.Error() + ": " + err.wit.Invalid()
	case bailiwick_files_types.ErrorOther:
		return err.wit.Other()
	default:
		return err.Unwrap().Error()
	}
}

// Unwrap is the case: ErrDenied, ErrNotFound and so on.
func (err *Error) Unwrap() error { return cases[err.wit.Tag()] }

// Is makes the errors of package io/fs work as elsewhere.
func (err *Error) Is(target error) bool {
	switch target {
	case fs.ErrPermission:
		return err.wit.Tag() == bailiwick_files_types.ErrorDenied
	case fs.ErrNotExist:
		return err.wit.Tag() == bailiwick_files_types.ErrorNotFound
	default:
		return false
	}
}

// Wit is the error in the types of the bindings.
func (err *Error) Wit() bailiwick_files_types.Error { return err.wit }

var cases = [...]error{
	bailiwick_files_types.ErrorDenied:      cause.Denied,
	bailiwick_files_types.ErrorNotFound:    cause.NotFound,
	bailiwick_files_types.ErrorLimit:       cause.Limit,
	bailiwick_files_types.ErrorQuota:       cause.Quota,
	bailiwick_files_types.ErrorSecret:      cause.Secret,
	bailiwick_files_types.ErrorUnavailable: cause.Unavailable,
	bailiwick_files_types.ErrorInvalid:     cause.Invalid,
	bailiwick_files_types.ErrorOther:       cause.Other,
}

var limits = [...]string{
	bailiwick_files_types.LimitHostCallBytes:  "host-call-bytes",
	bailiwick_files_types.LimitFileReadBytes:  "file-read-bytes",
	bailiwick_files_types.LimitFileWriteBytes: "file-write-bytes",
	bailiwick_files_types.LimitFileSize:       "file-size",
	bailiwick_files_types.LimitListEntries:    "list-entries",
	bailiwick_files_types.LimitHandles:        "handles",
	bailiwick_files_types.LimitHostCalls:      "host-calls",
	bailiwick_files_types.LimitTime:           "time",
}

// Result is what an exported function returns that the WIT declares as result<T, error> with the error of bailiwick:files.
type Result[T any] = witTypes.Result[T, bailiwick_files_types.Error]

// Return makes the result of an exported function. An error of the host is passed on as it is; any other is the case `other`
// with its words.
func Return[T any](value T, err error) Result[T] {
	if err == nil {
		return witTypes.Ok[T, bailiwick_files_types.Error](value)
	}
	return witTypes.Err[T, bailiwick_files_types.Error](ToWit(err))
}

// Done makes the result of an exported function that the WIT declares as result<_, error>.
func Done(err error) Result[witTypes.Unit] { return Return(witTypes.Unit{}, err) }

// ToWit is any error in the types of the bindings, for errors of a tool's own that have one of bailiwick:files in them.
func ToWit(err error) bailiwick_files_types.Error {
	var known *Error
	if errors.As(err, &known) {
		return known.wit
	}
	// Words of other packages may quote bytes that are no text.
	return bailiwick_files_types.MakeErrorOther(strings.ToValidUTF8(err.Error(), "\uFFFD"))
}

// unpack is the Go form of what a host call answered.
func unpack[T any](result Result[T]) (T, error) {
	if result.IsErr() {
		var none T
		return none, &Error{result.Err()}
	}
	return result.Ok(), nil
}
