;; Takes an open file: `size` answers with its size. `keep` cannot be called, since it returns a handle.
(component
  (import "bailiwick:files/types@0.1.0" (instance $types
    (export "reader" (type $reader (sub resource)))
    (export "[method]reader.size" (func (param "self" (borrow $reader)) (result u64)))))
  (alias export $types "reader" (type $reader))
  (core func $size (canon lower (func $types "[method]reader.size")))
  (core func $drop (canon resource.drop $reader))
  (core module $code
    (import "host" "size" (func $size (param i32) (result i64)))
    (import "host" "drop" (func $drop (param i32)))
    (func (export "size") (param $file i32) (result i64)
      (local $size i64)
      (local.set $size (call $size (local.get $file)))
      (call $drop (local.get $file))
      (local.get $size))
    (func (export "keep") (param $file i32) (result i32) (local.get $file)))
  (core instance $code (instantiate $code
    (with "host" (instance
      (export "size" (func $size))
      (export "drop" (func $drop))))))
  (func (export "size") (param "file" (borrow $reader)) (result u64)
    (canon lift (core func $code "size")))
  (func (export "keep") (param "file" (own $reader)) (result (own $reader))
    (canon lift (core func $code "keep"))))
