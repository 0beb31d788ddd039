module example/conformance

go 1.25

require (
	bailiwick.dev/sdk v0.1.0
	go.bytecodealliance.org/pkg v0.2.2
)

replace bailiwick.dev/sdk => ../../../sdk/go
