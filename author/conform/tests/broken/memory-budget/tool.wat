;; Needs 125 MiB for numbers above a thousand, and gives up without them.
(module
  (memory (export "memory") 1)
  (func (export "f") (param i32) (result i32)
    (if (i32.gt_u (local.get 0) (i32.const 1000))
      (then
        (if (i32.eq (memory.grow (i32.const 2000)) (i32.const -1)) (then (unreachable)))))
    (local.get 0)))
