;; Tries again until the disk answers.
(module
  (import "bailiwick:files/read-file@0.1.0" "read" (func $read (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "abc")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "f") (param i32) (result i32)
    (loop $again
      (call $read (i32.const 8) (i32.const 3) (i32.const 64))
      (br_if $again
        (i32.and
          (i32.load8_u (i32.const 64))
          (i32.eq (i32.load8_u (i32.const 68)) (i32.const 5)))))
    (local.get 0)))
