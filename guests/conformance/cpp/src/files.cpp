/// Each function of the files' capabilities, made once.
#include "bailiwick.h"
#include "lists.hpp"

namespace {

using bailiwick::files_error;
using bailiwick::result;

bool give_content(result<std::string, files_error> content, bailiwick_bytes *ret, bailiwick_files_error *err) {
  if (!content) return content.error().give(err);
  bailiwick::give(*content, ret);
  return true;
}

bool give_outcome(result<void, files_error> outcome, bailiwick_files_error *err) {
  return outcome ? true : outcome.error().give(err);
}

result<std::string, files_error> read_to_end(bailiwick::reader &reader, std::uint32_t piece_size) {
  std::string all;
  for (;;) {
    auto piece = reader.read(piece_size);
    if (!piece) return piece.error();
    if (piece->empty()) return all;
    all += *piece;
  }
}

result<void, files_error> write_in_pieces(std::string_view path, const std::vector<std::string> &pieces, bool commit) {
  auto writer = bailiwick::writer::create(path);
  if (!writer) return writer.error();
  for (const std::string &piece : pieces)
    if (auto written = writer->write(piece); !written) return written.error();
  if (!commit) return {};
  return writer->commit();
}

result<void, files_error> write_after_commit(std::string_view path) {
  auto writer = bailiwick::writer::create(path);
  if (!writer) return writer.error();
  if (auto done = writer->commit(); !done) return done.error();
  return writer->write("late");
}

}  // namespace

bool exports_bailiwick_conformance_capabilities_read(bailiwick_string *path, bailiwick_bytes *ret,
                                                     bailiwick_files_error *err) {
  return give_content(bailiwick::read_file(bailiwick::take(path)), ret, err);
}

bool exports_bailiwick_conformance_capabilities_read_range(bailiwick_string *path, std::uint64_t offset,
                                                           std::uint32_t length, bailiwick_bytes *ret,
                                                           bailiwick_files_error *err) {
  return give_content(bailiwick::read_file_range(bailiwick::take(path), offset, length), ret, err);
}

bool exports_bailiwick_conformance_capabilities_read_in_pieces(bailiwick_string *path, std::uint64_t offset,
                                                               std::uint32_t piece,
                                                               conformance_tuple2_u64_list_u8_t *ret,
                                                               bailiwick_files_error *err) {
  auto reader = bailiwick::reader::open(bailiwick::take(path));
  if (!reader) return reader.error().give(err);
  ret->f0 = reader->size();
  reader->seek(offset);
  return give_content(read_to_end(*reader, piece), &ret->f1, err);
}

bool exports_bailiwick_conformance_capabilities_write(bailiwick_string *path, bailiwick_bytes *bytes,
                                                      bailiwick_files_error *err) {
  return give_outcome(bailiwick::write_file(bailiwick::take(path), bailiwick::take(bytes)), err);
}

bool exports_bailiwick_conformance_capabilities_write_in_pieces(bailiwick_string *path,
                                                                conformance_list_list_u8_t *pieces, bool commit,
                                                                bailiwick_files_error *err) {
  return give_outcome(write_in_pieces(bailiwick::take(path), take_pieces(pieces), commit), err);
}

bool exports_bailiwick_conformance_capabilities_write_after_commit(bailiwick_string *path, bailiwick_files_error *err) {
  return give_outcome(write_after_commit(bailiwick::take(path)), err);
}

bool exports_bailiwick_conformance_capabilities_list(bailiwick_string *path,
                                                     exports_bailiwick_conformance_capabilities_list_entry_t *ret,
                                                     bailiwick_files_error *err) {
  auto entries = bailiwick::list_files(bailiwick::take(path));
  if (!entries) return entries.error().give(err);
  give_room(entries->size(), ret);
  for (std::size_t i = 0; i < entries->size(); i++) {
    const bailiwick::entry &entry = (*entries)[i];
    bailiwick::give(entry.name, &ret->ptr[i].name);
    ret->ptr[i].kind = entry.kind;
    ret->ptr[i].size = entry.size;
  }
  return true;
}
