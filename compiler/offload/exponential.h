// Finding the numbers behind a softmax's table of exponentials, so that the microkernel can compute
// what the program looks up. Internal to offload.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "microkernels/softmax.h"

namespace thimble::offload {

/// The multiplier and shift with which microkernels::exponential(i) is table[i] for every i of its
/// 256: proved by computing them all. Absent where there are none.
[[nodiscard]] std::optional<microkernels::Softmax> find_exponential(
    const std::vector<std::int32_t>& table);

}  // namespace thimble::offload
