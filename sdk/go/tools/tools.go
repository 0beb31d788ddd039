// Package tools calls other tools of the same policy, where the policy grants it with their names.
package tools

import (
	"errors"

	"bailiwick.dev/sdk/internal/cause"
	"bailiwick.dev/sdk/wit/bailiwick_tools_call_tool"
	witTypes "go.bytecodealliance.org/pkg/wit/types"
)

// The cases of an error, to be asked for with errors.Is.
var (
	// ErrDenied: the policy does not permit this tool to call that one. Whether it exists is not told.
	ErrDenied = cause.Denied
	// ErrLimit: a limit is reached, also one that the called tool ran into.
	ErrLimit = cause.Limit
	// ErrQuota: there is no room for what the called tool needed to store.
	ErrQuota = cause.Quota
	// ErrSecret: a secret stood in the way.
	ErrSecret = cause.Secret
	// ErrUnavailable: the called tool is not ready or too busy. Trying again later may help.
	ErrUnavailable = cause.Unavailable
	// ErrInvalid: the arguments do not fit the function.
	ErrInvalid = cause.Invalid
	// ErrTrap: the called tool broke.
	ErrTrap = errors.New("the called tool broke")
)

// ToolError is the called tool's own error, to be asked for with errors.As.
type ToolError struct {
	// JSON is the error.
	JSON string
}

// Error says what the called tool said.
func (err *ToolError) Error() string {
	return "the called tool answered with an error: " + err.JSON
}

// Call calls a function of another tool and returns its answer as JSON. The tool is its name in the policy, or tool.function where it
// has several functions; arguments is a JSON object by the names of the parameters. The called tool runs under what both it and this
// one may do. The world must import call-tool.
func Call(tool, arguments string) (string, error) {
	return unpack(bailiwick_tools_call_tool.Call(tool, arguments))
}

// ToWit is an error of this package in the types of the bindings; any other is the case `other` with its words.
func ToWit(err error) bailiwick_tools_call_tool.Error {
	switch err {
	case ErrDenied:
		return bailiwick_tools_call_tool.MakeErrorDenied()
	case ErrLimit:
		return bailiwick_tools_call_tool.MakeErrorLimit()
	case ErrQuota:
		return bailiwick_tools_call_tool.MakeErrorQuota()
	case ErrSecret:
		return bailiwick_tools_call_tool.MakeErrorSecret()
	case ErrUnavailable:
		return bailiwick_tools_call_tool.MakeErrorUnavailable()
	case ErrTrap:
		return bailiwick_tools_call_tool.MakeErrorTrap()
	}
	switch err := err.(type) {
	case *ToolError:
		return bailiwick_tools_call_tool.MakeErrorToolError(err.JSON)
	case *cause.Described:
		if err.Case == cause.Invalid {
			return bailiwick_tools_call_tool.MakeErrorInvalid(err.Words)
		}
		return bailiwick_tools_call_tool.MakeErrorOther(err.Words)
	default:
		return bailiwick_tools_call_tool.MakeErrorOther(err.Error())
	}
}

func unpack(result witTypes.Result[string, bailiwick_tools_call_tool.Error]) (string, error) {
	if result.IsOk() {
		return result.Ok(), nil
	}
	switch wit := result.Err(); wit.Tag() {
	case bailiwick_tools_call_tool.ErrorDenied:
		return "", ErrDenied
	case bailiwick_tools_call_tool.ErrorLimit:
		return "", ErrLimit
	case bailiwick_tools_call_tool.ErrorQuota:
		return "", ErrQuota
	case bailiwick_tools_call_tool.ErrorSecret:
		return "", ErrSecret
	case bailiwick_tools_call_tool.ErrorUnavailable:
		return "", ErrUnavailable
	case bailiwick_tools_call_tool.ErrorInvalid:
		return "", &cause.Described{Case: cause.Invalid, Words: wit.Invalid()}
	case bailiwick_tools_call_tool.ErrorToolError:
		return "", &ToolError{wit.ToolError()}
	case bailiwick_tools_call_tool.ErrorTrap:
		return "", ErrTrap
	default:
		return "", &cause.Described{Case: cause.Other, Words: wit.Other()}
	}
}
