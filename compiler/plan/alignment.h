// The alignments of operands.
#pragma once

#include <cstdint>

namespace thimble::plan {

/// Generated dispatches are compiled for operands at multiples of this address.
inline constexpr std::uint64_t kAlignment = 64;

/// Microkernels take operands anywhere, but copy by words where they can; their scratch is words.
inline constexpr std::uint64_t kWordAlignment = 4;

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

}  // namespace thimble::plan
