/// Counts the lines of a file that the caller opened, in pieces of 64 KiB: a file of any size fits.
#include "bailiwick.h"
#include "lines.hpp"

namespace {

constexpr std::uint32_t piece_size = 65536;

bailiwick::result<std::uint32_t, bailiwick::files_error> count_lines(bailiwick::reader text) {
  Lines lines;
  for (;;) {
    auto piece = text.read(piece_size);
    if (!piece) return piece.error();
    if (piece->empty()) return lines.total();
    lines.add(*piece);
  }
}

}  // namespace

bool exports_{{namespace_snake}}_{{name_snake}}_counter_count_lines(bailiwick_reader text, std::uint32_t *ret,
                                                    bailiwick_files_error *err) {
  auto lines = count_lines(bailiwick::reader(text));
  if (!lines) return lines.error().give(err);
  *ret = *lines;
  return true;
}
