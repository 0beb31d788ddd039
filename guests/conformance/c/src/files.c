/// Each function of the files' capabilities, made once.
#include "bailiwick.h"
#include "buffer.h"

bool exports_bailiwick_conformance_capabilities_read(bailiwick_string *path, bailiwick_bytes *ret,
                                                     bailiwick_files_error *err) {
  bool ok = bailiwick_read_file(*path, ret, err);
  bailiwick_string_free(path);
  return ok;
}

bool exports_bailiwick_conformance_capabilities_read_range(bailiwick_string *path, uint64_t offset, uint32_t length,
                                                           bailiwick_bytes *ret, bailiwick_files_error *err) {
  bool ok = bailiwick_read_file_range(*path, offset, length, ret, err);
  bailiwick_string_free(path);
  return ok;
}

static bool read_to_end(bailiwick_reader reader, uint32_t piece_size, bailiwick_bytes *ret,
                        bailiwick_files_error *err) {
  struct buffer all = buffer_new();
  for (;;) {
    bailiwick_bytes piece;
    if (!bailiwick_reader_read(reader, piece_size, &piece, err)) {
      bailiwick_bytes_free(&all.bytes);
      return false;
    }
    if (piece.len == 0) break;
    buffer_take(&all, &piece);
  }
  *ret = all.bytes;
  return true;
}

bool exports_bailiwick_conformance_capabilities_read_in_pieces(bailiwick_string *path, uint64_t offset, uint32_t piece,
                                                               conformance_tuple2_u64_list_u8_t *ret,
                                                               bailiwick_files_error *err) {
  bailiwick_reader reader;
  bool ok = bailiwick_open(*path, &reader, err);
  bailiwick_string_free(path);
  if (!ok) return false;
  ret->f0 = bailiwick_reader_size(reader);
  bailiwick_reader_seek(reader, offset);
  ok = read_to_end(reader, piece, &ret->f1, err);
  bailiwick_reader_close(reader);
  return ok;
}

bool exports_bailiwick_conformance_capabilities_write(bailiwick_string *path, bailiwick_bytes *bytes,
                                                      bailiwick_files_error *err) {
  bool ok = bailiwick_write_file(*path, *bytes, err);
  bailiwick_string_free(path);
  bailiwick_bytes_free(bytes);
  return ok;
}

static bool write_all(bailiwick_writer writer, const conformance_list_list_u8_t *pieces, bailiwick_files_error *err) {
  for (size_t i = 0; i < pieces->len; i++)
    if (!bailiwick_writer_write(writer, pieces->ptr[i], err)) return false;
  return true;
}

bool exports_bailiwick_conformance_capabilities_write_in_pieces(bailiwick_string *path,
                                                                conformance_list_list_u8_t *pieces, bool commit,
                                                                bailiwick_files_error *err) {
  bailiwick_writer writer;
  bool ok = bailiwick_create(*path, &writer, err);
  bailiwick_string_free(path);
  if (ok) {
    ok = write_all(writer, pieces, err) && (!commit || bailiwick_writer_commit(writer, err));
    bailiwick_writer_close(writer);
  }
  conformance_list_list_u8_free(pieces);
  return ok;
}

bool exports_bailiwick_conformance_capabilities_write_after_commit(bailiwick_string *path, bailiwick_files_error *err) {
  bailiwick_writer writer;
  bool ok = bailiwick_create(*path, &writer, err);
  bailiwick_string_free(path);
  if (!ok) return false;
  ok = bailiwick_writer_commit(writer, err) && bailiwick_writer_write(writer, bailiwick_bytes_view("late", 4), err);
  bailiwick_writer_close(writer);
  return ok;
}

bool exports_bailiwick_conformance_capabilities_list(bailiwick_string *path,
                                                     exports_bailiwick_conformance_capabilities_list_entry_t *ret,
                                                     bailiwick_files_error *err) {
  bailiwick_entries entries;
  bool ok = bailiwick_list_files(*path, &entries, err);
  bailiwick_string_free(path);
  if (!ok) return false;
  ret->ptr = entries.ptr;
  ret->len = entries.len;
  return true;
}
