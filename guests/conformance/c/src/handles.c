/// Open files as arguments: read and written in pieces, so that a file of any size takes the same memory.
#include "bailiwick.h"

enum { PIECE = 65536 };

bool exports_bailiwick_conformance_handles_copy(bailiwick_reader source, bailiwick_writer target, uint64_t *ret,
                                                bailiwick_files_error *err) {
  *ret = 0;
  for (;;) {
    bailiwick_bytes piece;
    if (!bailiwick_reader_read(source, PIECE, &piece, err)) return false;
    if (piece.len == 0) return true;
    bool written = bailiwick_writer_write(target, piece, err);
    *ret += piece.len;
    bailiwick_bytes_free(&piece);
    if (!written) return false;
  }
}

static uint64_t fnv1a(uint64_t hash, bailiwick_bytes bytes) {
  for (size_t i = 0; i < bytes.len; i++) hash = (hash ^ bytes.ptr[i]) * UINT64_C(0x100000001b3);
  return hash;
}

bool exports_bailiwick_conformance_handles_hash(bailiwick_reader source, uint64_t *ret, bailiwick_files_error *err) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (;;) {
    bailiwick_bytes piece;
    if (!bailiwick_reader_read(source, PIECE, &piece, err)) return false;
    if (piece.len == 0) break;
    hash = fnv1a(hash, piece);
    bailiwick_bytes_free(&piece);
  }
  *ret = hash;
  return true;
}

bool exports_bailiwick_conformance_handles_fail_after_writing(bailiwick_writer target, bailiwick_bytes *bytes,
                                                              bailiwick_files_error *err) {
  bool written = bailiwick_writer_write(target, *bytes, err);
  bailiwick_bytes_free(bytes);
  if (written) *err = bailiwick_files_error_other("on purpose");
  return false;
}
