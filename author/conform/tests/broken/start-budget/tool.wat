;; Never comes to an end of its start.
(module
  (func $start (loop $again (br $again)))
  (start $start)
  (func (export "f") (param i32) (result i32) (local.get 0)))
