;; Reads a file three times, and takes it for granted that the third works because the first did.
(module
  (import "bailiwick:files/read-file@0.1.0" "read" (func $read (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "abc")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func $fails (result i32)
    (call $read (i32.const 8) (i32.const 3) (i32.const 64))
    (i32.load8_u (i32.const 64)))
  (func (export "f") (param i32) (result i32)
    (if (call $fails) (then (return (i32.const 1))))
    (if (call $fails) (then (return (i32.const 2))))
    (if (call $fails) (then (unreachable)))
    (local.get 0)))
