// Package keyvalue is a tool's own memory from one call to the next, where the policy grants it.
//
// Each tool has a store of its own, and where several principals call it, one for each of them. Two calls can be under way at the
// same time: Update changes a value so that neither loses what the other wrote.
package keyvalue

import (
	"bailiwick.dev/sdk/internal/cause"
	"bailiwick.dev/sdk/wit/bailiwick_key_value_key_value"
	witTypes "go.bytecodealliance.org/pkg/wit/types"
)

// The cases of an error, to be asked for with errors.Is.
var (
	// ErrDenied: the policy does not permit it.
	ErrDenied = cause.Denied
	// ErrLimit: the value is larger than one call of the host may carry, or a limit of this call is reached.
	ErrLimit = cause.Limit
	// ErrQuota: the store is full. Nothing was changed.
	ErrQuota = cause.Quota
	// ErrSecret: it would have stored a secret.
	ErrSecret = cause.Secret
	// ErrUnavailable: the store did not answer. Trying again later may help.
	ErrUnavailable = cause.Unavailable
	// ErrInvalid: the key is not usable.
	ErrInvalid = cause.Invalid
)

// Get is the value of a key, and whether there is one.
func Get(key string) (value []byte, found bool, err error) {
	option, err := unpack(bailiwick_key_value_key_value.Get(key))
	if err != nil || option.IsNone() {
		return nil, false, err
	}
	return option.Some(), true, nil
}

// Set sets the value of a key, whatever it was before.
func Set(key string, value []byte) error {
	_, err := unpack(bailiwick_key_value_key_value.Set(key, value))
	return err
}

// CompareAndSet sets the value of a key if its value still is expected, in one step, and says whether it was set. Where expected is
// nil, there must be no such key.
func CompareAndSet(key string, expected, value []byte) (bool, error) {
	before := witTypes.None[[]byte]()
	if expected != nil {
		before = witTypes.Some(expected)
	}
	return unpack(bailiwick_key_value_key_value.CompareAndSet(key, before, value))
}

// Update sets the value of a key to what change makes of it, again until nobody else changed it meanwhile, and returns it. Where there
// is none before, change gets nil.
func Update(key string, change func(before []byte) []byte) ([]byte, error) {
	return update(key, change, Get, CompareAndSet)
}

func update(
	key string,
	change func(before []byte) []byte,
	get func(key string) ([]byte, bool, error),
	compareAndSet func(key string, expected, value []byte) (bool, error),
) ([]byte, error) {
	for {
		before, found, err := get(key)
		if err != nil {
			return nil, err
		}
		if found && before == nil {
			before = []byte{}
		}
		value := change(before)
		set, err := compareAndSet(key, before, value)
		if err != nil || set {
			return value, err
		}
	}
}

// Delete removes a key. It succeeds where there is none.
func Delete(key string) error {
	_, err := unpack(bailiwick_key_value_key_value.Delete(key))
	return err
}

// List is some of the keys that begin with prefix, at most that many, those behind after unless that is empty; and what to pass as after
// for the next ones, empty where there are no more.
func List(prefix, after string, most uint32) (keys []string, next string, err error) {
	cursor := witTypes.None[string]()
	if after != "" {
		cursor = witTypes.Some(after)
	}
	part, err := unpack(bailiwick_key_value_key_value.List(prefix, cursor, most))
	if err != nil {
		return nil, "", err
	}
	if part.Next.IsSome() {
		next = part.Next.Some()
	}
	return part.Keys, next, nil
}

// Keys is all of the keys that begin with prefix, in the order of their bytes.
func Keys(prefix string) ([]string, error) {
	return keys(prefix, List)
}

// partMax is what the host gives at most.
const partMax = 1000

func keys(prefix string, list func(prefix, after string, most uint32) ([]string, string, error)) ([]string, error) {
	var all []string
	for after := ""; ; {
		part, next, err := list(prefix, after, partMax)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
		if next == "" {
			return all, nil
		}
		after = next
	}
}

// ToWit is an error of this package in the types of the bindings; any other is the case `other` with its words.
func ToWit(err error) bailiwick_key_value_key_value.Error {
	switch err {
	case ErrDenied:
		return bailiwick_key_value_key_value.MakeErrorDenied()
	case ErrLimit:
		return bailiwick_key_value_key_value.MakeErrorLimit()
	case ErrQuota:
		return bailiwick_key_value_key_value.MakeErrorQuota()
	case ErrSecret:
		return bailiwick_key_value_key_value.MakeErrorSecret()
	case ErrUnavailable:
		return bailiwick_key_value_key_value.MakeErrorUnavailable()
	}
	described, ok := err.(*cause.Described)
	switch {
	case ok && described.Case == cause.Invalid:
		return bailiwick_key_value_key_value.MakeErrorInvalid(described.Words)
	case ok:
		return bailiwick_key_value_key_value.MakeErrorOther(described.Words)
	default:
		return bailiwick_key_value_key_value.MakeErrorOther(err.Error())
	}
}

func unpack[T any](result witTypes.Result[T, bailiwick_key_value_key_value.Error]) (T, error) {
	if result.IsOk() {
		return result.Ok(), nil
	}
	var none T
	switch wit := result.Err(); wit.Tag() {
	case bailiwick_key_value_key_value.ErrorDenied:
		return none, ErrDenied
	case bailiwick_key_value_key_value.ErrorLimit:
		return none, ErrLimit
	case bailiwick_key_value_key_value.ErrorQuota:
		return none, ErrQuota
	case bailiwick_key_value_key_value.ErrorSecret:
		return none, ErrSecret
	case bailiwick_key_value_key_value.ErrorUnavailable:
		return none, ErrUnavailable
	case bailiwick_key_value_key_value.ErrorInvalid:
		return none, &cause.Described{Case: cause.Invalid, Words: wit.Invalid()}
	default:
		return none, &cause.Described{Case: cause.Other, Words: wit.Other()}
	}
}
