;; Uses what some host has, and bailiwick alone has not. It declares it, so that no rule is broken; and nothing can be called.
(module
  (import "acme:db/query@0.1.0" "run" (func $run))
  (func (export "f") (param i32) (result i32) (call $run) (local.get 0)))
