// The one alignment of operands.
#pragma once

#include <cstdint>

namespace thimble::plan {

/// Generated dispatches are compiled for operands at multiples of this address.
inline constexpr std::uint64_t kAlignment = 64;

}  // namespace thimble::plan
