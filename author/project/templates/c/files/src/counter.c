/// Counts the lines of a file, in pieces of 64 KiB: a file of any size fits.
#include "bailiwick.h"
#include "lines.h"

enum { PIECE = 65536 };

static bool count(bailiwick_reader reader, uint32_t *ret, bailiwick_files_error *err) {
  struct lines lines = {0};
  for (;;) {
    bailiwick_bytes piece;
    if (!bailiwick_reader_read(reader, PIECE, &piece, err)) return false;
    if (piece.len == 0) break;
    lines_add(&lines, piece.ptr, piece.len);
    bailiwick_bytes_free(&piece);
  }
  *ret = lines_total(&lines);
  return true;
}

bool exports_{{namespace_snake}}_{{name_snake}}_counter_count_lines(bailiwick_string *path, uint32_t *ret, bailiwick_files_error *err) {
  bailiwick_reader reader;
  bool ok = bailiwick_open(*path, &reader, err);
  bailiwick_string_free(path);
  if (!ok) return false;
  ok = count(reader, ret, err);
  bailiwick_reader_close(reader);
  return ok;
}
