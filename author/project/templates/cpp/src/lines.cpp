/// Counting lines, in pieces of any size.
#include <algorithm>

#include "lines.hpp"

void Lines::add(std::string_view piece) {
  if (piece.empty()) return;
  ended_ += static_cast<std::uint32_t>(std::count(piece.begin(), piece.end(), '\n'));
  is_open_ = piece.back() != '\n';
}

std::uint32_t Lines::total() const { return ended_ + (is_open_ ? 1 : 0); }
