;; Reads a file, and traps where the disk does not answer.
(module
  (import "bailiwick:files/read-file@0.1.0" "read" (func $read (param i32 i32 i32)))
  (memory (export "memory") 1)
  (global $free (mut i32) (i32.const 1024))
  (data (i32.const 8) "abc")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get 3))))
  ;; At 64: whether it is an error; at 68: which.
  (func (export "f") (param i32) (result i32)
    (call $read (i32.const 8) (i32.const 3) (i32.const 64))
    (if (i32.and
          (i32.load8_u (i32.const 64))
          (i32.eq (i32.load8_u (i32.const 68)) (i32.const 5)))
      (then (unreachable)))
    (local.get 0)))
