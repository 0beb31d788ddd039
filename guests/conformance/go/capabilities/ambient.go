package capabilities

import (
	"bailiwick.dev/sdk/clock"
	"bailiwick.dev/sdk/log"
	"bailiwick.dev/sdk/random"
	"example/conformance/bindings/bailiwick_conformance_capabilities"
	"go.bytecodealliance.org/pkg/wit/types"
)

type (
	instant     = bailiwick_conformance_capabilities.Instant
	clockError  = bailiwick_conformance_capabilities.ClockError
	randomError = bailiwick_conformance_capabilities.RandomError
)

func Log(level log.Level, message string) { log.Log(level, message) }

func Now() wit_types.Result[instant, clockError] {
	now, err := clock.Now()
	if err != nil {
		return wit_types.Err[instant](clock.ToWit(err))
	}
	return wit_types.Ok[instant, clockError](instant{Seconds: now.Unix(), Nanoseconds: uint32(now.Nanosecond())})
}

func Elapsed() wit_types.Result[uint64, clockError] {
	elapsed, err := clock.Elapsed()
	if err != nil {
		return wit_types.Err[uint64](clock.ToWit(err))
	}
	return wit_types.Ok[uint64, clockError](uint64(elapsed))
}

func Random(length uint32) wit_types.Result[[]uint8, randomError] {
	bytes, err := random.Bytes(length)
	if err != nil {
		return wit_types.Err[[]uint8](random.ToWit(err))
	}
	return wit_types.Ok[[]uint8, randomError](bytes)
}
