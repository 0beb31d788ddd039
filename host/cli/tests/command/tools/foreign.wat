;; Imports what no host has.
(component
  (import "acme:secrets/vault@1.0.0" (instance (export "open" (func)))))
