#!/bin/sh
# Proves that the header can be copied into any project: packed and unpacked elsewhere, it compiles as C11 and as C++17 without a
# warning, and as an import of Zig, over the bindings of worlds with everything, with much, with little, and with nothing. Needs `bailiwick` (or
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
#ifdef BAILIWICK_HAS_KEY_VALUE
bailiwick::result<bool, bailiwick::key_value_error> keep(std::string_view key) {
  auto before = bailiwick::key_value::get(key);
  if (!before) return before.error();
  auto old = bailiwick::key_value::keys("old/");
  if (!old) return old.error();
  for (const auto &each : *old) bailiwick::key_value::remove(each);
  if (auto set = bailiwick::key_value::set("last", key); !set) return set.error();
  return bailiwick::key_value::compare_and_set(key, *before, "here");
}
#endif
#ifdef BAILIWICK_HAS_CALL_TOOL
bailiwick::result<std::string, bailiwick::call_tool_error> words(std::string_view arguments) {
  bailiwick::report(0, 1, "words");
  auto answer = bailiwick::call_tool("word-count", arguments);
  if (!answer && !answer.error().json().empty()) return std::string("none");
  return answer;
}
#endif
END
cat > all.c <<'END'
#include "bailiwick.h"
#ifdef BAILIWICK_HAS_KEY_VALUE
bool keep(bailiwick_key_value_error *error) {
  bool found, set;
  bailiwick_bytes value;
  bailiwick_keys part;
  uint64_t total = 2;
  bailiwick_report(1, &total, NULL);
  if (!bailiwick_key_value_get(bailiwick_text("a"), &found, &value, error)) return false;
  if (!bailiwick_key_value_compare_and_set(bailiwick_text("a"), found ? &value : NULL, value, &set, error)) return false;
  bailiwick_bytes_free(&value);
  if (!bailiwick_key_value_list(bailiwick_text(""), NULL, 10, &part, error)) return false;
  bailiwick_keys_free(&part);
  return bailiwick_key_value_delete(bailiwick_text("a"), error);
}
#endif
#ifdef BAILIWICK_HAS_CONTENT
bailiwick_content part(int which) {
  if (which == 0) return bailiwick_content_text("a");
  if (which == 1) return bailiwick_content_image("image/png", bailiwick_bytes_view("x", 1));
  if (which == 2) return bailiwick_content_audio("audio/ogg", bailiwick_bytes_view("x", 1));
  return bailiwick_content_document("a.md", "text/markdown", "# A");
}
#endif
END
echo '#include "bailiwick.h"' > c.h
# Where a world imports an interface, its functions are there under their names.
echo 'const c = @import("c"); export fn f() void { c.bailiwick_log_info("here"); }' > all.zig

for world in agent-tool file-filter web-reader pure everything; do
  if [ "$world" = everything ]; then
    "$bailiwick" new check-everything --lang c --world agent-tool --with key-value --with call-tool --with progress > /dev/null
    sed 's|^  export counter;|  import bailiwick:content/types@0.1.0;\n&|' check-everything/wit/world.wit > world.wit
    mv world.wit check-everything/wit/world.wit
  else
    "$bailiwick" new "check-$world" --lang c --world "$world" > /dev/null
  fi
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
