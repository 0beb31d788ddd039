// Package outcomes answers, or fails, as it is told.
package outcomes

import (
	"example/conformance/bindings/bailiwick_conformance_outcomes"
	"go.bytecodealliance.org/pkg/wit/types"
)

type (
	failure = bailiwick_conformance_outcomes.Failure
	none    = wit_types.Unit
)

func Answer(value wit_types.Option[string]) wit_types.Result[string, failure] {
	if value.IsNone() {
		return wit_types.Err[string](bailiwick_conformance_outcomes.MakeFailureBecause("there is no value"))
	}
	return wit_types.Ok[string, failure](value.Some())
}

func Fail(failure failure) wit_types.Result[uint32, failure] {
	return wit_types.Err[uint32](failure)
}

func Bare(ok bool) wit_types.Result[none, none] {
	if !ok {
		return wit_types.Err[none](none{})
	}
	return wit_types.Ok[none, none](none{})
}

func OnlyError(err wit_types.Option[string]) wit_types.Result[none, string] {
	if err.IsSome() {
		return wit_types.Err[none](err.Some())
	}
	return wit_types.Ok[none, string](none{})
}

func OnlyAnswer(answer wit_types.Option[string]) wit_types.Result[string, none] {
	if answer.IsNone() {
		return wit_types.Err[string](none{})
	}
	return wit_types.Ok[string, none](answer.Some())
}
