#!/bin/sh
# Proves that the header can be copied into any project: it compiles as C11 and as C++17 without a warning, over the bindings of a
# world with everything, with little, and with nothing. Needs `bailiwick` (or its path in BAILIWICK_COMMAND) and `zig`, as
# `zig` or as PyPI's `python-zig`.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
bailiwick=${BAILIWICK_COMMAND:-bailiwick}
zig=$(command -v zig || command -v python-zig)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

for world in agent-tool file-filter web-reader pure; do
  "$bailiwick" new "check-$world" --lang c --world "$world" > /dev/null
  "$bailiwick" build "check-$world" > /dev/null
  name=check_$(echo "$world" | tr - _)
  flags="-target wasm32-wasi -DBAILIWICK_WORLD=$name -I$here -Icheck-$world/bindings -Wall -Wextra -Werror -fsyntax-only"
  echo '#include "bailiwick.h"' > header.c
  cp header.c header.cpp
  # shellcheck disable=SC2086 # the flags are words
  "$zig" cc -std=c11 $flags header.c
  # shellcheck disable=SC2086
  "$zig" c++ -std=c++17 -fno-exceptions $flags header.cpp
  echo "$world: C11 and C++17 without a warning"
done
