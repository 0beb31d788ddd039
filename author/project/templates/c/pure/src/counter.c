/// Counts the lines of a text.
#include "bailiwick.h"
#include "lines.h"

uint32_t exports_{{namespace_snake}}_{{name_snake}}_counter_count_lines(bailiwick_string *text) {
  struct lines lines = {0};
  lines_add(&lines, text->ptr, text->len);
  bailiwick_string_free(text);
  return lines_total(&lines);
}
