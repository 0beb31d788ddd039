;; Uses an interface of WASI that no host of ours has.
(module
  (import "wasi:keyvalue/store@0.2.0" "run" (func $run))
  (func (export "f") (param i32) (result i32) (call $run) (local.get 0)))
