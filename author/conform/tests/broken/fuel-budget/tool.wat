;; Counts to a million for numbers above a thousand.
(module
  (func (export "f") (param i32) (result i32)
    (local $count i32)
    (if (i32.gt_u (local.get 0) (i32.const 1000))
      (then
        (loop $again
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (br_if $again (i32.lt_u (local.get $count) (i32.const 1000000))))))
    (local.get 0)))
