#!/bin/sh
# Proves that the module can be published: it is formatted, vets for the target that tools are built for, its tests pass, and a tool
# builds against the module as a proxy would hand it out. Needs go, `bailiwick` (or its path in BAILIWICK_COMMAND), python3 to pack,
# and the module that generated bindings import (a proxy has it).
set -eu
cd "$(dirname "$0")"
bailiwick=${BAILIWICK_COMMAND:-bailiwick}
version=v0.1.0
scratch=$(mktemp -d)
# What Go puts into its cache of modules is read-only.
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT

unformatted=$("$(go env GOROOT)/bin/gofmt" -l .)
if [ -n "$unformatted" ]; then
  echo "not formatted: $unformatted" >&2
  exit 1
fi
# Bindings turn numbers into pointers and fill structs without names, which is their purpose.
GOOS=wasip1 GOARCH=wasm go vet -mod=mod -unsafeptr=false -composites=false ./...
go test -mod=mod ./...

mkdir -p "$scratch/proxy/bailiwick.dev/sdk/@v"
cp go.mod "$scratch/proxy/bailiwick.dev/sdk/@v/$version.mod"
echo "{\"Version\":\"$version\",\"Time\":\"2026-01-01T00:00:00Z\"}" > "$scratch/proxy/bailiwick.dev/sdk/@v/$version.info"
python3 - "$scratch/proxy/bailiwick.dev/sdk/@v/$version.zip" "bailiwick.dev/sdk@$version" <<'END'
import pathlib, sys, zipfile

target, prefix = sys.argv[1:]
with zipfile.ZipFile(target, "w") as archive:
    for path in sorted(pathlib.Path(".").rglob("*")):
        if path.is_file() and path.name not in ("go.sum", ".gitignore", "check.sh"):
            archive.write(path, f"{prefix}/{path}")
END

(cd "$scratch" && "$bailiwick" new tool --lang go --world file-reader > /dev/null)
cd "$scratch/tool"
rm -r third_party
go mod edit -dropreplace bailiwick.dev/sdk
GOMODCACHE="$scratch/cache" GOPROXY="file://$scratch/proxy,$(go env GOPROXY)" GONOSUMDB="bailiwick.dev/*" GOFLAGS=-modcacherw \
  "$bailiwick" build > /dev/null
"$bailiwick" test > /dev/null
echo "the module vets, its tests pass, and a tool builds against the packed file"
