/// Open files as arguments: read and written in pieces, so that a file of any size takes the same memory.
#include "bailiwick.h"

namespace {

using bailiwick::files_error;
using bailiwick::result;

constexpr std::uint32_t piece_size = 65536;

result<std::uint64_t, files_error> copy(bailiwick::reader source, bailiwick::writer target) {
  std::uint64_t copied = 0;
  for (;;) {
    auto piece = source.read(piece_size);
    if (!piece) return piece.error();
    if (piece->empty()) return copied;
    if (auto written = target.write(*piece); !written) return written.error();
    copied += piece->size();
  }
}

std::uint64_t fnv1a(std::uint64_t hash, std::string_view bytes) {
  for (unsigned char byte : bytes) hash = (hash ^ byte) * UINT64_C(0x100000001b3);
  return hash;
}

result<std::uint64_t, files_error> hash(bailiwick::reader source) {
  std::uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (;;) {
    auto piece = source.read(piece_size);
    if (!piece) return piece.error();
    if (piece->empty()) return hash;
    hash = fnv1a(hash, *piece);
  }
}

bool give_number(result<std::uint64_t, files_error> number, std::uint64_t *ret, bailiwick_files_error *err) {
  if (!number) return number.error().give(err);
  *ret = *number;
  return true;
}

}  // namespace

bool exports_bailiwick_conformance_handles_copy(bailiwick_reader source, bailiwick_writer target, std::uint64_t *ret,
                                                bailiwick_files_error *err) {
  return give_number(copy(bailiwick::reader(source), bailiwick::writer(target)), ret, err);
}

bool exports_bailiwick_conformance_handles_hash(bailiwick_reader source, std::uint64_t *ret,
                                                bailiwick_files_error *err) {
  return give_number(hash(bailiwick::reader(source)), ret, err);
}

bool exports_bailiwick_conformance_handles_fail_after_writing(bailiwick_writer target, bailiwick_bytes *bytes,
                                                              bailiwick_files_error *err) {
  auto written = bailiwick::writer(target).write(bailiwick::take(bytes));
  if (!written) return written.error().give(err);
  return files_error::other("on purpose").give(err);
}
