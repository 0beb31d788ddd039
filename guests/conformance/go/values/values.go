// Package values returns every argument.
package values

import (
	"example/conformance/bindings/bailiwick_conformance_values"
	"go.bytecodealliance.org/pkg/wit/types"
)

type (
	colour      = bailiwick_conformance_values.Colour
	permissions = bailiwick_conformance_values.Permissions
	place       = bailiwick_conformance_values.Place
	shape       = bailiwick_conformance_values.Shape
	pair        = wit_types.Tuple2[bool, rune]
	triple      = wit_types.Tuple3[uint8, string, pair]
)

func EchoBool(value bool) bool { return value }

func EchoU8(value uint8) uint8 { return value }

func EchoU16(value uint16) uint16 { return value }

func EchoU32(value uint32) uint32 { return value }

func EchoU64(value uint64) uint64 { return value }

func EchoS8(value int8) int8 { return value }

func EchoS16(value int16) int16 { return value }

func EchoS32(value int32) int32 { return value }

func EchoS64(value int64) int64 { return value }

func EchoF32(value float32) float32 { return value }

func EchoF64(value float64) float64 { return value }

func EchoChar(value rune) rune { return value }

func EchoString(value string) string { return value }

func EchoBytes(value []uint8) []uint8 { return value }

func EchoStrings(value []string) []string { return value }

func EchoMatrix(value [][]int64) [][]int64 { return value }

func EchoPlace(value place) place { return value }

func EchoTuple(value triple) (uint8, string, pair) { return value.F0, value.F1, value.F2 }

func EchoShape(value shape) shape { return value }

func EchoShapes(value []shape) []shape { return value }

func EchoColour(value colour) colour { return value }

func EchoPermissions(value permissions) permissions { return value }

func EchoOption(value wit_types.Option[uint32]) wit_types.Option[uint32] { return value }

func EchoOptionOption(value wit_types.Option[wit_types.Option[string]]) wit_types.Option[wit_types.Option[string]] {
	return value
}

func EchoResults(value []wit_types.Result[uint32, string]) []wit_types.Result[uint32, string] {
	return value
}

func EchoBareResults(value []wit_types.Result[wit_types.Unit, wit_types.Unit]) []wit_types.Result[wit_types.Unit, wit_types.Unit] {
	return value
}

func EchoSeveral(number int64, text string, maybe wit_types.Option[colour], bytes []uint8) (int64, string, wit_types.Option[colour], []uint8) {
	return number, text, maybe, bytes
}

func Nothing() {}
