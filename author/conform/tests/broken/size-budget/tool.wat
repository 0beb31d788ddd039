;; Does nothing wrong, and is larger than it may be.
(module
  (func (export "f") (param i32) (result i32) (local.get 0)))
