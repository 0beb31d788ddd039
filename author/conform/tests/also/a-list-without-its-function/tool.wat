;; Lists a function that it has not, and has one that it does not list, which nobody can call.
(module
  (func (export "f") (param i32) (result i32) (local.get 0)))
