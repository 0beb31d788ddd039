;; Takes a signed number where its world says an unsigned one.
(module
  (func (export "f") (param i32) (result i32) (local.get 0)))
