;; Logs a line by a version of the WIT that no host has.
(module
  (import "bailiwick:log/log@0.2.0" "log" (func $log (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "hello")
  (func (export "f") (param i32) (result i32)
    (call $log (i32.const 1) (i32.const 8) (i32.const 5))
    (local.get 0)))
