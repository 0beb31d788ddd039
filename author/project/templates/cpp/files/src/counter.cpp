/// Counts the lines of a file, in pieces of 64 KiB: a file of any size fits.
#include "bailiwick.h"
#include "lines.hpp"

namespace {

constexpr std::uint32_t piece_size = 65536;

bailiwick::result<std::uint32_t, bailiwick::files_error> count_lines(std::string_view path) {
  auto reader = bailiwick::reader::open(path);
  if (!reader) return reader.error();
  Lines lines;
  for (;;) {
    auto piece = reader->read(piece_size);
    if (!piece) return piece.error();
    if (piece->empty()) return lines.total();
    lines.add(*piece);
  }
}

}  // namespace

bool exports_{{namespace_snake}}_{{name_snake}}_counter_count_lines(bailiwick_string *path, std::uint32_t *ret,
                                                    bailiwick_files_error *err) {
  auto lines = count_lines(bailiwick::take(path));
  if (!lines) return lines.error().give(err);
  *ret = *lines;
  return true;
}
