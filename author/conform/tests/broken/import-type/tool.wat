;; Logs a line as bytes, where the WIT has it a text.
(module
  (import "bailiwick:log/log@0.1.0" "log" (func $log (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "hello")
  (func (export "f") (param i32) (result i32)
    (call $log (i32.const 1) (i32.const 8) (i32.const 5))
    (local.get 0)))
