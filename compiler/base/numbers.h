// Numbers for people.
#pragma once

#include <cstdint>
#include <string>

namespace thimble {

/// 1234567 as "1,234,567".
[[nodiscard]] inline std::string grouped(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

}  // namespace thimble
