;; Asks to call other tools, and calls none.
(component
  (import "bailiwick:tools/call-tool@0.1.0" (instance))
  (core module $code
    (func (export "rest")))
  (core instance $code (instantiate $code))
  (func (export "rest")
    (canon lift (core func $code "rest"))))
