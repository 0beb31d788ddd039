// The conformance tool in Go.
package main

import _ "example/conformance/bindings/wit_exports"

func main() {}
