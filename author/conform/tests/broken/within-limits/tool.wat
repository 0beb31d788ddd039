;; Calls itself without end for numbers above a thousand.
(module
  (func $deeper (param i32) (result i32)
    (i32.add (call $deeper (local.get 0)) (i32.const 1)))
  (func (export "f") (param i32) (result i32)
    (if (i32.gt_u (local.get 0) (i32.const 1000)) (then (return (call $deeper (local.get 0)))))
    (local.get 0)))
