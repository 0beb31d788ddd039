;; Traps for numbers above a thousand.
(module
  (func (export "f") (param i32) (result i32)
    (if (i32.gt_u (local.get 0) (i32.const 1000)) (then (unreachable)))
    (local.get 0)))
