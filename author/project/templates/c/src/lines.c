/// Counting lines, in pieces of any size.
#include "lines.h"

void lines_add(struct lines *lines, const uint8_t *piece, size_t length) {
  for (size_t i = 0; i < length; i++) lines->ended += piece[i] == '\n';
  if (length > 0) lines->is_open = piece[length - 1] != '\n';
}

uint32_t lines_total(const struct lines *lines) { return lines->ended + lines->is_open; }
