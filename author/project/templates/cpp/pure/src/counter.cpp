/// Counts the lines of a text.
#include "bailiwick.h"
#include "lines.hpp"

std::uint32_t exports_{{namespace_snake}}_{{name_snake}}_counter_count_lines(bailiwick_string *text) {
  Lines lines;
  lines.add(bailiwick::take(text));
  return lines.total();
}
