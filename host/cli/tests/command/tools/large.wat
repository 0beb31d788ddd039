;; Starts with 128 MiB of memory.
(component
  (core module $code
    (memory 2048)
    (func (export "nothing")))
  (core instance $code (instantiate $code))
  (func (export "nothing") (canon lift (core func $code "nothing"))))
