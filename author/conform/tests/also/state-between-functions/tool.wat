;; One function remembers what another answers.
(module
  (global $kept (mut i32) (i32.const 0))
  (func (export "set") (param i32) (global.set $kept (local.get 0)))
  (func (export "get") (result i32) (global.get $kept)))
