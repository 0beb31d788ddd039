/// Bytes that grow, twice as large each time, so that many small pieces do not take quadratic time.
#include "buffer.h"

enum { ROOM_MIN = 1024 };

struct buffer buffer_new(void) {
  struct buffer buffer = {bailiwick_bytes_view(NULL, 0), 0};
  return buffer;
}

static void make_room(struct buffer *buffer, size_t needed) {
  if (needed <= buffer->room) return;
  size_t room = buffer->room * 2 > ROOM_MIN ? buffer->room * 2 : ROOM_MIN;
  if (room < needed) room = needed;
  uint8_t *grown = realloc(buffer->bytes.ptr, room);
  if (grown == NULL) abort();
  buffer->bytes.ptr = grown;
  buffer->room = room;
}

void buffer_take(struct buffer *buffer, bailiwick_bytes *piece) {
  make_room(buffer, buffer->bytes.len + piece->len);
  if (piece->len > 0) memcpy(buffer->bytes.ptr + buffer->bytes.len, piece->ptr, piece->len);
  buffer->bytes.len += piece->len;
  bailiwick_bytes_free(piece);
}
