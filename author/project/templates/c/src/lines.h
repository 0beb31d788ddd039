/// Counting lines, in pieces of any size.
#ifndef LINES_H
#define LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What was counted so far; it starts as `{0}`.
struct lines {
  uint32_t ended;
  bool is_open;
};

/// Counts the next piece.
void lines_add(struct lines *lines, const uint8_t *piece, size_t length);

/// How many lines there are: a last one without an end counts.
uint32_t lines_total(const struct lines *lines);

#endif
