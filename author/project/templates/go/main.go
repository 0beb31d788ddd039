// The tool {{name}}: its functions are those of the packages that the bindings import.
package main

import _ "{{namespace}}/{{name}}/bindings/wit_exports"

func main() {}
