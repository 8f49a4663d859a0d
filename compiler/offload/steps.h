// A channel's requantization as what it is: a monotone step function of the sum. Internal to
// offload.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/offload/requantization.h"

namespace thimble::offload {

/// The outputs of a channel over all its values: the least ones from which each output above the
/// first is reached.
struct Steps {
  int first = 0;                         ///< output of the lowest value
  std::vector<std::int64_t> thresholds;  ///< of first + 1, first + 2, ...
};

[[nodiscard]] Steps steps_of(const ChannelScale& channel, const OutputRange& range);

}  // namespace thimble::offload
