// Package cause has what the errors of all capabilities have in common.
package cause

import "errors"

// The cases of the contract, one error each, so that errors.Is answers for any capability.
var (
	Denied      = errors.New("denied")
	NotFound    = errors.New("not found")
	Limit       = errors.New("a limit of the call is reached")
	Quota       = errors.New("the quota is used up")
	Secret      = errors.New("a secret stood in the way")
	Unavailable = errors.New("unavailable")
	Invalid     = errors.New("invalid")
	Other       = errors.New("failed")
)

// Described is a case with words of its own.
type Described struct {
	// Case is one of the errors of this package.
	Case error
	// Words are for the author of the tool.
	Words string
}

// Error says the case and the words.
func (described *Described) Error() string {
	return described.Case.Error() + ": " + described.Words
}

// Unwrap is the case.
func (described *Described) Unwrap() error { return described.Case }
