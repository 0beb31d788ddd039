// Package clock tells the time, where the policy grants it. Without the grant, time.Now stands still.
package clock

import (
	"time"

	"bailiwick.dev/sdk/internal/cause"
	"bailiwick.dev/sdk/wit/bailiwick_clock_clock"
	witTypes "go.bytecodealliance.org/pkg/wit/types"
)

// The cases of an error, to be asked for with errors.Is.
var (
	// ErrDenied: this call was narrowed to have no clock.
	ErrDenied = cause.Denied
	// ErrLimit: a limit of this call is reached.
	ErrLimit = cause.Limit
	// ErrUnavailable: the host has no usable clock.
	ErrUnavailable = cause.Unavailable
)

// Now is the time of day, in UTC. It can jump when the host's clock is set. The world must import clock.
func Now() (time.Time, error) {
	instant, err := unpack(bailiwick_clock_clock.Now())
	if err != nil {
		return time.Time{}, err
	}
	return time.Unix(instant.Seconds, int64(instant.Nanoseconds)).UTC(), nil
}

// Elapsed is the time since the start of this call, on a clock that never goes back. The world must import clock.
func Elapsed() (time.Duration, error) {
	nanoseconds, err := unpack(bailiwick_clock_clock.Elapsed())
	return time.Duration(nanoseconds), err
}

// ToWit is an error of this package in the types of the bindings; any other is the case `other` with its words.
func ToWit(err error) bailiwick_clock_clock.Error {
	switch err {
	case ErrDenied:
		return bailiwick_clock_clock.MakeErrorDenied()
	case ErrLimit:
		return bailiwick_clock_clock.MakeErrorLimit()
	case ErrUnavailable:
		return bailiwick_clock_clock.MakeErrorUnavailable()
	}
	if described, ok := err.(*cause.Described); ok {
		return bailiwick_clock_clock.MakeErrorOther(described.Words)
	}
	return bailiwick_clock_clock.MakeErrorOther(err.Error())
}

func unpack[T any](result witTypes.Result[T, bailiwick_clock_clock.Error]) (T, error) {
	if result.IsOk() {
		return result.Ok(), nil
	}
	var none T
	switch wit := result.Err(); wit.Tag() {
	case bailiwick_clock_clock.ErrorDenied:
		return none, ErrDenied
	case bailiwick_clock_clock.ErrorLimit:
		return none, ErrLimit
	case bailiwick_clock_clock.ErrorUnavailable:
		return none, ErrUnavailable
	default:
		return none, &cause.Described{Case: cause.Other, Words: wit.Other()}
	}
}
