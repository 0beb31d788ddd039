/// Counting lines, in pieces of any size.
#pragma once

#include <cstdint>
#include <string_view>

/// What was counted so far.
class Lines {
 public:
  /// Counts the next piece.
  void add(std::string_view piece);

  /// How many lines there are: a last one without an end counts.
  std::uint32_t total() const;

 private:
  std::uint32_t ended_ = 0;
  bool is_open_ = false;
};
