// Hardware counters for measurements.
#pragma once

#include <cstdint>

namespace thimble::kernel {

/// Instructions retired since reset. Callable from anywhere.
[[nodiscard]] std::uint64_t instructions_retired();

}  // namespace thimble::kernel
