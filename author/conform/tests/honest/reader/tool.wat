;; Reads a file that it is lent, in pieces, and answers with its size, or with an error of its own.
(module
  (import "bailiwick:files/types@0.1.0" "[method]reader.read" (func $read (param i32 i32 i32)))
  (import "bailiwick:files/types@0.1.0" "[resource-drop]reader" (func $drop (param i32)))
  (memory (export "memory") 2)
  (global $free (mut i32) (i32.const 1024))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024))
  ;; At 64: whether it is an error; at 72: the length of the piece. At 128: the answer.
  (func (export "size") (param $file i32) (result i32)
    (local $size i64)
    (block $end
      (loop $again
        (call $read (local.get $file) (i32.const 65536) (i32.const 64))
        (br_if $end (i32.load8_u (i32.const 64)))
        (br_if $end (i32.eqz (i32.load (i32.const 72))))
        (local.set $size (i64.add (local.get $size) (i64.extend_i32_u (i32.load (i32.const 72)))))
        (br $again)))
    (call $drop (local.get $file))
    (i32.store8 (i32.const 128) (i32.load8_u (i32.const 64)))
    (i64.store (i32.const 136) (local.get $size))
    (i32.const 128)))
