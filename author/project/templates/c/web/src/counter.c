/// Counts the lines of what a URL answers.
#include "bailiwick.h"
#include "lines.h"

/// An answer that is no 2xx, as an error. Without `snprintf`, which would bring WASI along.
static bool fail(uint16_t status, bailiwick_http_error *err) {
  char words[] = "the status is 000";
  char *digit = words + sizeof words - 1;
  for (int i = 0; i < 3; i++, status /= 10) *--digit = (char)('0' + status % 10);
  *err = bailiwick_http_error_other(words);
  return false;
}

bool exports_{{namespace_snake}}_{{name_snake}}_counter_count_lines(bailiwick_string *url, uint32_t *ret, bailiwick_http_error *err) {
  bailiwick_response answer;
  bool ok = bailiwick_http_get(*url, &answer, err);
  bailiwick_string_free(url);
  if (!ok) return false;
  ok = answer.status / 100 == 2 || fail(answer.status, err);
  if (ok) {
    struct lines lines = {0};
    lines_add(&lines, answer.body.ptr, answer.body.len);
    *ret = lines_total(&lines);
  }
  bailiwick_response_free(&answer);
  return ok;
}
