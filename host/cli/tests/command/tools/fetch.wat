;; Fetches a URL: answers with the body's text.
(component
  (import "bailiwick:http/types@0.1.0" (instance $types
    (type $limits (enum "host-call-bytes" "http-requests" "http-bytes" "response-size" "redirects" "handles" "host-calls" "time"))
    (export "limit" (type $limit (eq $limits)))
    (type $errors (variant (case "denied") (case "not-found") (case "limit" $limit) (case "quota") (case "secret")
      (case "unavailable") (case "invalid" string) (case "other" string)))
    (export "error" (type (eq $errors)))
    (type $headers (record (field "name" string) (field "value" string)))
    (export "header" (type $header (eq $headers)))
    (type $responses (record (field "status" u16) (field "url" string) (field "headers" (list $header)) (field "body" (list u8))))
    (export "response" (type (eq $responses)))))
  (alias export $types "error" (type $error))
  (alias export $types "response" (type $response))
  (import "bailiwick:http/http-get@0.1.0" (instance $http
    (alias outer 1 $error (type $outer-error))
    (export "error" (type $error (eq $outer-error)))
    (alias outer 1 $response (type $outer-response))
    (export "response" (type $response (eq $outer-response)))
    (export "get" (func (param "url" string) (result (result $response (error $error)))))))
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
  (core func $get (canon lower (func $http "get") (memory $memory) (realloc $realloc)))
  (core module $code
    (import "host" "memory" (memory 1))
    (import "host" "get" (func $host-get (param i32 i32 i32)))
    (data (i32.const 64) "deniedfailed")
    ;; The host's result is at 0: the tag, at 4 the response (its body at 24) or the error.
    (func (export "fetch") (param $url i32) (param $length i32) (result i32)
      (call $host-get (local.get $url) (local.get $length) (i32.const 0))
      (if (i32.load8_u (i32.const 0))
        (then
          (i32.store (i32.const 4)
            (select (i32.const 70) (i32.const 64) (i32.load8_u (i32.const 4))))
          (i32.store (i32.const 8) (i32.const 6)))
        (else
          (i64.store align=4 (i32.const 4) (i64.load align=4 (i32.const 24)))))
      (i32.const 0)))
  (core instance $code (instantiate $code
    (with "host" (instance
      (export "memory" (memory $memory))
      (export "get" (func $get))))))
  (func (export "fetch") (param "url" string) (result (result string (error string)))
    (canon lift (core func $code "fetch") (memory $memory) (realloc $realloc))))
