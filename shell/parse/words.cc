// See words.h.
#include "shell/parse/words.h"

namespace thimble::shell {

Words::Words(char* line) {
  while (true) {
    while (*line == ' ') *line++ = 0;
    if (*line == 0 || count_ == kMost) return;
    words_[count_++] = line;
    while (*line != ' ' && *line != 0) ++line;
  }
}

std::optional<std::uint32_t> parse_number(const char* word) {
  if (*word == 0) return std::nullopt;
  std::uint32_t value = 0;
  for (; *word != 0; ++word) {
    if (*word < '0' || *word > '9') return std::nullopt;
    const auto digit = static_cast<std::uint32_t>(*word - '0');
    if (value > (UINT32_MAX - digit) / 10) return std::nullopt;
    value = 10 * value + digit;
  }
  return value;
}

}  // namespace thimble::shell
