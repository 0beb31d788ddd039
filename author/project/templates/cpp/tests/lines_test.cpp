/// Tests of the counting, on the machine itself: `make test`.
#include <algorithm>
#include <iostream>
#include <utility>

#include "lines.hpp"

namespace {

std::uint32_t count(std::string_view text, std::size_t piece) {
  Lines lines;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) lines.add(text.substr(0, piece));
  return lines.total();
}

}  // namespace

int main() {
  const std::pair<std::string_view, std::uint32_t> cases[] = {{"", 0}, {"a", 1}, {"a\n", 1}, {"a\nb", 2}, {"\n\n", 2}};
  int failures = 0;
  for (const auto &[text, expected] : cases)
    for (std::size_t piece = 1; piece <= 3; piece++) {
      const std::uint32_t lines = count(text, piece);
      if (lines == expected) continue;
      failures++;
      std::cout << "\"" << text << "\" in pieces of " << piece << ": " << lines << " lines instead of " << expected
                << "\n";
    }
  if (failures == 0) std::cout << "all cases are counted right\n";
  return failures != 0;
}
