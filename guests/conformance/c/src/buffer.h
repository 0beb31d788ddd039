/// Bytes that grow.
#ifndef BUFFER_H
#define BUFFER_H

#include "bailiwick.h"

/// What came so far, and the room that there is for it.
struct buffer {
  bailiwick_bytes bytes;
  size_t room;
};

/// Nothing yet.
struct buffer buffer_new(void);

/// Adds a piece and frees it.
void buffer_take(struct buffer *buffer, bailiwick_bytes *piece);

#endif
