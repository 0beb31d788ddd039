/// Lists between the bindings, which free what they are given, and C++.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "bailiwick.h"

/// Makes room for a list that the bindings free after it has been read; its elements are the caller's to fill.
template <typename List>
void give_room(std::size_t length, List *ret) {
  using Element = decltype(ret->ptr);
  ret->len = length;
  // The bindings do not free a list without elements.
  ret->ptr = length == 0 ? nullptr : static_cast<Element>(std::calloc(length, sizeof *ret->ptr));
  if (length > 0 && ret->ptr == nullptr) std::abort();
}

/// Pieces of bytes that came as an argument, as values of one's own; the argument is freed.
inline std::vector<std::string> take_pieces(conformance_list_list_u8_t *pieces) {
  std::vector<std::string> taken;
  taken.reserve(pieces->len);
  for (std::size_t i = 0; i < pieces->len; i++) taken.push_back(bailiwick::take(&pieces->ptr[i]));
  conformance_list_list_u8_free(pieces);
  return taken;
}
