package http

import (
	"errors"
	"strings"

	"bailiwick.dev/sdk/internal/cause"
	"bailiwick.dev/sdk/wit/bailiwick_http_types"
	witTypes "go.bytecodealliance.org/pkg/wit/types"
)

// The cases of an error, to be asked for with errors.Is.
var (
	// ErrDenied: the policy does not permit the URL, the method, a header, an address or a redirect.
	ErrDenied = cause.Denied
	// ErrNotFound: there is nothing by that name.
	ErrNotFound = cause.NotFound
	// ErrLimit: a limit of this call is reached.
	ErrLimit = cause.Limit
	// ErrQuota: a budget that is kept across calls is used up.
	ErrQuota = cause.Quota
	// ErrSecret: it would have carried a secret where it is not bound to.
	ErrSecret = cause.Secret
	// ErrUnavailable: the server could not be reached, or broke off. Trying again later may help.
	ErrUnavailable = cause.Unavailable
	// ErrInvalid: an argument is not usable.
	ErrInvalid = cause.Invalid
)

// Error is the error of the contract, as it comes from the host and goes to the caller.
type Error struct {
	wit bailiwick_http_types.Error
}

// Error says what the case is, and the words where it has some.
func (err *Error) Error() string {
	switch err.wit.Tag() {
	case bailiwick_http_types.ErrorLimit:
		return limits[err.wit.Limit()] + ": " + ErrLimit.Error()
	case bailiwick_http_types.ErrorInvalid:
		return ErrInvalid.Error() + ": " + err.wit.Invalid()
	case bailiwick_http_types.ErrorOther:
		return err.wit.Other()
	default:
		return err.Unwrap().Error()
	}
}

// Unwrap is the case: ErrDenied, ErrUnavailable and so on.
func (err *Error) Unwrap() error { return cases[err.wit.Tag()] }

// Wit is the error in the types of the bindings.
func (err *Error) Wit() bailiwick_http_types.Error { return err.wit }

var cases = [...]error{
	bailiwick_http_types.ErrorDenied:      cause.Denied,
	bailiwick_http_types.ErrorNotFound:    cause.NotFound,
	bailiwick_http_types.ErrorLimit:       cause.Limit,
	bailiwick_http_types.ErrorQuota:       cause.Quota,
	bailiwick_http_types.ErrorSecret:      cause.Secret,
	bailiwick_http_types.ErrorUnavailable: cause.Unavailable,
	bailiwick_http_types.ErrorInvalid:     cause.Invalid,
	bailiwick_http_types.ErrorOther:       cause.Other,
}

var limits = [...]string{
	bailiwick_http_types.LimitHostCallBytes: "host-call-bytes",
	bailiwick_http_types.LimitHttpRequests:  "http-requests",
	bailiwick_http_types.LimitHttpBytes:     "http-bytes",
	bailiwick_http_types.LimitResponseSize:  "response-size",
	bailiwick_http_types.LimitRedirects:     "redirects",
	bailiwick_http_types.LimitHandles:       "handles",
	bailiwick_http_types.LimitHostCalls:     "host-calls",
	bailiwick_http_types.LimitTime:          "time",
}

// Result is what an exported function returns that the WIT declares as result<T, error> with the error of bailiwick:http.
type Result[T any] = witTypes.Result[T, bailiwick_http_types.Error]

// Return makes the result of an exported function. An error of the host is passed on as it is; any other is the case `other`
// with its words.
func Return[T any](value T, err error) Result[T] {
	if err == nil {
		return witTypes.Ok[T, bailiwick_http_types.Error](value)
	}
	return witTypes.Err[T, bailiwick_http_types.Error](ToWit(err))
}

// Done makes the result of an exported function that the WIT declares as result<_, error>.
func Done(err error) Result[witTypes.Unit] { return Return(witTypes.Unit{}, err) }

// ToWit is any error in the types of the bindings, for errors of a tool's own that have one of bailiwick:http in them.
func ToWit(err error) bailiwick_http_types.Error {
	var known *Error
	if errors.As(err, &known) {
		return known.wit
	}
	// Words of other packages may quote bytes that are no text.
	return bailiwick_http_types.MakeErrorOther(strings.ToValidUTF8(err.Error(), "\uFFFD"))
}

// unpack is the Go form of what a host call answered.
func unpack[T any](result Result[T]) (T, error) {
	if result.IsErr() {
		var none T
		return none, &Error{result.Err()}
	}
	return result.Ok(), nil
}
