;; Has one of the two functions that its world has.
(module
  (func (export "f") (param i32) (result i32) (local.get 0)))
