#!/bin/sh
# Proves that the header can be copied into any project: packed and unpacked elsewhere, it compiles as C11 and as C++17 without a
# warning, and as an import of Zig, over the bindings of worlds with everything, with little, and with nothing. Needs `bailiwick` (or
# its path in BAILIWICK_COMMAND) and Zig, as `zig` or as PyPI's `python-zig`.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
bailiwick=${BAILIWICK_COMMAND:-bailiwick}
zig=$(command -v zig || command -v python-zig)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

tar -cf package.tar -C "$here" bailiwick.h README.md LICENSE
mkdir include
tar -xf package.tar -C include

# Every function of the C++ part, so that its templates and inline functions are really compiled.
cat > all.cpp <<'END'
#include "bailiwick.h"
#ifdef BAILIWICK_HAS_HTTP
bailiwick::result<bailiwick::response, bailiwick::http_error> post(std::string_view url) {
  bailiwick::request request("POST", url);
  if (auto added = request.add_header("accept", "text/csv"); !added) return added.error();
  if (auto set = request.set_body("x"); !set) return set.error();
  return std::move(request).send();
}
#endif
#if defined(BAILIWICK_HAS_FILES)
bailiwick::result<std::uint64_t, bailiwick::files_error> copy(bailiwick_reader from, bailiwick_writer to) {
  bailiwick::reader reader(from);
  bailiwick::writer writer(to);
  for (std::uint64_t copied = 0;;) {
    auto piece = reader.read(65536);
    if (!piece) return piece.error();
    if (piece->empty()) return copied;
    if (auto written = writer.write(*piece); !written) return written.error();
    copied += piece->size();
  }
}
#endif
END
echo '#include "bailiwick.h"' > all.c
echo '#include "bailiwick.h"' > c.h
# Where a world imports an interface, its functions are there under their names.
echo 'const c = @import("c"); export fn f() void { c.bailiwick_log_info("here"); }' > all.zig

for world in agent-tool file-filter web-reader pure; do
  "$bailiwick" new "check-$world" --lang c --world "$world" > /dev/null
  "$bailiwick" build "check-$world" > /dev/null
  name=check_$(echo "$world" | tr - _)
  over="-target wasm32-wasi -DBAILIWICK_WORLD=$name -Iinclude -Icheck-$world/bindings"
  warnings="-Wall -Wextra -Wpedantic -Werror"
  # shellcheck disable=SC2086 # the flags are words
  "$zig" cc $over $warnings -std=c11 -c all.c -o all.o
  # shellcheck disable=SC2086
  "$zig" c++ $over $warnings -std=c++17 -fno-exceptions -fno-rtti -c all.cpp -o all.o
  # shellcheck disable=SC2086
  "$zig" translate-c $over -lc c.h > c.zig
  "$zig" build-obj -target wasm32-wasi -O ReleaseSmall -fstrip -lc --dep c -Mroot=all.zig -Mc=c.zig -femit-bin=zig.o
  echo "$world: C11 and C++17 without a warning, and Zig"
done
