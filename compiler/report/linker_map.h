// lld's map file: which input section of which object stands where in the image.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "compiler/base/result.h"

namespace thimble {

/// An input section as placed.
struct Placement {
  std::uint32_t address;
  std::uint32_t size;
  std::string object;  ///< path, "archive(member)", or "<internal>" for what the linker makes
  std::string section;
};

/// Reads a map file written by `ld.lld -Map`. Placements of no size are left out; those of sections
/// that take no memory on the target stand there too, at address 0.
[[nodiscard]] Result<std::vector<Placement>> read_linker_map(const std::filesystem::path& path);

}  // namespace thimble
