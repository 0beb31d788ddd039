;; Begins with more memory than it may have.
(module
  (memory (export "memory") 2000)
  (func (export "f") (param i32) (result i32) (local.get 0)))
