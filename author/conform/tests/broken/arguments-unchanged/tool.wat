;; Is lent a file for reading, and writes to it by the path that it happens to know.
(module
  (import "bailiwick:files/write-file@0.1.0" "write" (func $write (param i32 i32 i32 i32 i32)))
  (import "bailiwick:files/types@0.1.0" "[resource-drop]reader" (func $drop (param i32)))
  (memory (export "memory") 1)
  (global $free (mut i32) (i32.const 1024))
  (data (i32.const 8) "conform/lines.txt")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get 3))))
  (func (export "f") (param $file i32) (result i32)
    (call $write (i32.const 8) (i32.const 17) (i32.const 8) (i32.const 7) (i32.const 64))
    (call $drop (local.get $file))
    (i32.const 0)))
