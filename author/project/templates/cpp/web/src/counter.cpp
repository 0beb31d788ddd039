/// Counts the lines of what a URL answers.
#include "bailiwick.h"
#include "lines.hpp"

namespace {

bailiwick::result<std::uint32_t, bailiwick::http_error> count_lines(std::string_view url) {
  auto answer = bailiwick::http_get(url);
  if (!answer) return answer.error();
  if (answer->status / 100 != 2) return bailiwick::http_error::other("the status is " + std::to_string(answer->status));
  Lines lines;
  lines.add(answer->body);
  return lines.total();
}

}  // namespace

bool exports_{{namespace_snake}}_{{name_snake}}_counter_count_lines(bailiwick_string *url, std::uint32_t *ret,
                                                    bailiwick_http_error *err) {
  auto lines = count_lines(bailiwick::take(url));
  if (!lines) return lines.error().give(err);
  *ret = *lines;
  return true;
}
