// The board's NOR flash as a device: what it says of itself, and reading it. A board links exactly
// one implementation, a folder of drivers/, if its firmware uses one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace thimble::flash {

struct Geometry {
  std::uint32_t bytes;              ///< of all devices side by side
  std::uint32_t erase_block_bytes;  ///< of the first region of blocks
  std::uint32_t erase_blocks;       ///< of that region
  std::uint32_t erase_regions;      ///< 1: all blocks are equal
  std::uint16_t command_set;        ///< how it is written and erased: 1 and 3 are Intel's, 2 AMD's
};

/// Asks the flash; nothing if none answers. It cannot be read meanwhile: interrupts are off, and
/// neither code nor constants may lie in it. Callable from anywhere else.
[[nodiscard]] std::optional<Geometry> query();

/// Copies what lies from `offset` on. The whole range must be within the flash. Callable from
/// anywhere.
void read(std::uint32_t offset, std::span<std::byte> target);

}  // namespace thimble::flash
