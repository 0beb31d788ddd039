package tools

import (
	"errors"
	"testing"

	"bailiwick.dev/sdk/wit/bailiwick_tools_call_tool"
	witTypes "go.bytecodealliance.org/pkg/wit/types"
)

func TestEveryCaseComesAndGoes(t *testing.T) {
	for _, wit := range []bailiwick_tools_call_tool.Error{
		bailiwick_tools_call_tool.MakeErrorDenied(),
		bailiwick_tools_call_tool.MakeErrorLimit(),
		bailiwick_tools_call_tool.MakeErrorQuota(),
		bailiwick_tools_call_tool.MakeErrorSecret(),
		bailiwick_tools_call_tool.MakeErrorUnavailable(),
		bailiwick_tools_call_tool.MakeErrorInvalid("words"),
		bailiwick_tools_call_tool.MakeErrorToolError("{}"),
		bailiwick_tools_call_tool.MakeErrorTrap(),
		bailiwick_tools_call_tool.MakeErrorOther("words"),
	} {
		_, err := unpack(witTypes.Err[string](wit))
		if ToWit(err) != wit {
			t.Error(err)
		}
	}
}

func TestTheCalledToolsOwnErrorIsFound(t *testing.T) {
	_, err := unpack(witTypes.Err[string](bailiwick_tools_call_tool.MakeErrorToolError(`"no"`)))
	var own *ToolError
	if !errors.As(err, &own) || own.JSON != `"no"` {
		t.Error(err)
	}
}
