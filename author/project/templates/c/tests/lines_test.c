/// Tests of the counting, on the machine itself: `make test`.
#include <stdio.h>
#include <string.h>

#include "lines.h"

static const struct {
  const char *text;
  uint32_t lines;
} cases[] = {{"", 0}, {"a", 1}, {"a\n", 1}, {"a\nb", 2}, {"\n\n", 2}};

static uint32_t count(const char *text, size_t piece) {
  struct lines lines = {0};
  for (size_t length; (length = strlen(text)) > 0; text += length) {
    if (length > piece) length = piece;
    lines_add(&lines, (const uint8_t *)text, length);
  }
  return lines_total(&lines);
}

int main(void) {
  int failures = 0;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    for (size_t piece = 1; piece <= 3; piece++) {
      uint32_t lines = count(cases[i].text, piece);
      if (lines == cases[i].lines) continue;
      failures++;
      printf("case %zu in pieces of %zu: %u lines instead of %u\n", i, piece, (unsigned)lines,
             (unsigned)cases[i].lines);
    }
  if (failures == 0) puts("all cases are counted right");
  return failures != 0;
}
