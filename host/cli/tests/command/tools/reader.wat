;; Reads a file by its path: `read` answers with its text, `wait` reads it and never ends.
(component
  (import "bailiwick:files/types@0.1.0" (instance $types
    (type $limits (enum "host-call-bytes" "file-read-bytes" "file-write-bytes" "file-size" "list-entries" "handles" "host-calls" "time"))
    (export "limit" (type $limit (eq $limits)))
    (type $errors (variant (case "denied") (case "not-found") (case "limit" $limit) (case "quota") (case "secret")
      (case "unavailable") (case "invalid" string) (case "other" string)))
    (export "error" (type (eq $errors)))))
  (alias export $types "error" (type $error))
  (import "bailiwick:files/read-file@0.1.0" (instance $files
    (alias outer 1 $error (type $outer))
    (export "error" (type $error (eq $outer)))
    (export "read" (func (param "path" string) (result (result (list u8) (error $error)))))))
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
  (core func $read (canon lower (func $files "read") (memory $memory) (realloc $realloc)))
  (core module $code
    (import "host" "memory" (memory 1))
    (import "host" "read" (func $host-read (param i32 i32 i32)))
    (data (i32.const 64) "deniedfailed")
    ;; The host's result is at 0; an `ok` is already what `read` answers with.
    (func $read (export "read") (param $path i32) (param $length i32) (result i32)
      (call $host-read (local.get $path) (local.get $length) (i32.const 0))
      (if (i32.load8_u (i32.const 0))
        (then
          (i32.store (i32.const 4)
            (select (i32.const 70) (i32.const 64) (i32.load8_u (i32.const 4))))
          (i32.store (i32.const 8) (i32.const 6))))
      (i32.const 0))
    (func (export "wait") (param $path i32) (param $length i32)
      (drop (call $read (local.get $path) (local.get $length)))
      (loop $forever (br $forever))))
  (core instance $code (instantiate $code
    (with "host" (instance
      (export "memory" (memory $memory))
      (export "read" (func $read))))))
  (func (export "read") (param "path" string) (result (result string (error string)))
    (canon lift (core func $code "read") (memory $memory) (realloc $realloc)))
  (func (export "wait") (param "path" string)
    (canon lift (core func $code "wait") (memory $memory) (realloc $realloc))))
