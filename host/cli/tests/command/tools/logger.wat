;; Logs what it is told, as an error.
(component
  (import "bailiwick:log/log@0.1.0" (instance $log
    (type $levels (enum "debug" "info" "warn" "error"))
    (export "level" (type $level (eq $levels)))
    (export "log" (func (param "level" $level) (param "message" string)))))
  (core module $store
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096)))
  (core instance $store (instantiate $store))
  (alias core export $store "memory" (core memory $memory))
  (alias core export $store "realloc" (core func $realloc))
  (core func $log (canon lower (func $log "log") (memory $memory)))
  (core module $code
    (import "host" "log" (func $log (param i32 i32 i32)))
    (func (export "say") (param $at i32) (param $length i32)
      (call $log (i32.const 3) (local.get $at) (local.get $length)))
    (func (export "say-and-trap") (param $at i32) (param $length i32)
      (call $log (i32.const 3) (local.get $at) (local.get $length))
      unreachable))
  (core instance $code (instantiate $code
    (with "host" (instance (export "log" (func $log))))))
  (func (export "say") (param "text" string)
    (canon lift (core func $code "say") (memory $memory) (realloc $realloc)))
  (func (export "say-and-trap") (param "text" string)
    (canon lift (core func $code "say-and-trap") (memory $memory) (realloc $realloc))))
