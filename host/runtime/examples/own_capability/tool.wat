;; A tool that passes its question on to the database, and the answer back.
(component
  (import "acme:db/query@0.1.0" (instance $query
    (type $error0 (variant (case "denied") (case "not-found") (case "limit") (case "other" string)))
    (export "error" (type $error (eq $error0)))
    (export "column" (func (param "table" string) (param "column" string) (result (result (list string) (error $error)))))))
  (alias export $query "error" (type $error))
  (core module $heap
    (memory (export "memory") 2)
    (global $next (mut i32) (i32.const 1024))
    ;; Gives out memory and never takes it back: a call is short.
    (func (export "realloc") (param i32 i32 i32) (param $size i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get $size)))
      (local.get $at)))
  (core instance $heap (instantiate $heap))
  (alias core export $heap "memory" (core memory $memory))
  (alias core export $heap "realloc" (core func $realloc))
  (core func $column (canon lower (func $query "column") (memory $memory) (realloc $realloc)))
  (core module $code
    (import "query" "column" (func $column (param i32 i32 i32 i32 i32)))
    (func (export "ask") (param i32 i32 i32 i32) (result i32)
      (call $column (local.get 0) (local.get 1) (local.get 2) (local.get 3) (i32.const 64))
      (i32.const 64)))
  (core instance $code (instantiate $code (with "query" (instance (export "column" (func $column))))))
  (func (export "ask") (param "table" string) (param "column" string) (result (result (list string) (error $error)))
    (canon lift (core func $code "ask") (memory $memory) (realloc $realloc))))
