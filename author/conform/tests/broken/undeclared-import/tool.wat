;; Looks at the clock, of which its world says nothing.
(module
  (import "bailiwick:clock/clock@0.1.0" "now" (func $now (param i32)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "f") (param i32) (result i32)
    (call $now (i32.const 64))
    (local.get 0)))
