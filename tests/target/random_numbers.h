// Random numbers of tests on the target: the same in every run.
#pragma once

#include <cstdint>

namespace thimble {

inline std::uint32_t random_state = 2463534242;

inline std::uint32_t random_word() {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

/// From `low` to `high`, both included.
inline int pick(int low, int high) {
  return low + static_cast<int>(random_word() % static_cast<std::uint32_t>(high - low + 1));
}

}  // namespace thimble
