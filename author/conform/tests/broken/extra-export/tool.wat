;; Has a function that its world has not, and no list of those that can be called.
(module
  (func (export "f") (param i32) (result i32) (local.get 0))
  (func (export "g") (param i32) (result i32) (local.get 0)))
