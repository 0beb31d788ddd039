;; Writes a text to a file.
(component
  (import "bailiwick:files/types@0.1.0" (instance $types
    (type $limits (enum "host-call-bytes" "file-read-bytes" "file-write-bytes" "file-size" "list-entries" "handles" "host-calls" "time"))
    (export "limit" (type $limit (eq $limits)))
    (type $errors (variant (case "denied") (case "not-found") (case "limit" $limit) (case "quota") (case "secret")
      (case "unavailable") (case "invalid" string) (case "other" string)))
    (export "error" (type (eq $errors)))))
  (alias export $types "error" (type $error))
  (import "bailiwick:files/write-file@0.1.0" (instance $files
    (alias outer 1 $error (type $outer))
    (export "error" (type $error (eq $outer)))
    (export "write" (func (param "path" string) (param "bytes" (list u8)) (result (result (error $error)))))))
  (core module $store
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 4096))
    (func (export "realloc") (param $old i32) (param $was i32) (param $align i32) (param $size i32) (result i32)
      (local $at i32)
      (local.set $at (global.get $next))
      (global.set $next
        (i32.and (i32.add (i32.add (local.get $at) (local.get $size)) (i32.const 7)) (i32.const -8)))
      (local.get $at)))
  (core instance $store (instantiate $store))
  (alias core export $store "memory" (core memory $memory))
  (alias core export $store "realloc" (core func $realloc))
  (core func $write (canon lower (func $files "write") (memory $memory) (realloc $realloc)))
  (core module $code
    (import "host" "memory" (memory 1))
    (import "host" "write" (func $host-write (param i32 i32 i32 i32 i32)))
    (data (i32.const 64) "deniedfailed")
    (func (export "write") (param $path i32) (param $length i32) (param $text i32) (param $size i32) (result i32)
      (call $host-write (local.get $path) (local.get $length) (local.get $text) (local.get $size) (i32.const 0))
      (if (i32.load8_u (i32.const 0))
        (then
          (i32.store (i32.const 4)
            (select (i32.const 70) (i32.const 64) (i32.load8_u (i32.const 4))))
          (i32.store (i32.const 8) (i32.const 6))))
      (i32.const 0)))
  (core instance $code (instantiate $code
    (with "host" (instance
      (export "memory" (memory $memory))
      (export "write" (func $write))))))
  (func (export "write") (param "path" string) (param "text" string) (result (result (error string)))
    (canon lift (core func $code "write") (memory $memory) (realloc $realloc))))
