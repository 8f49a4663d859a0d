// Requantization of packed sums as they are (microkernels::RequantizationForm::kThreshold), proved
// as that of other forms: by its steps. Internal to offload.
#pragma once

#include <optional>
#include <vector>

#include "compiler/offload/requantization.h"

namespace thimble::offload {

/// The form for a layer, with its scales; absent where it is not exact for all channels, as where
/// rounding differs on both sides of zero and neither is clamped. Without their biases all sums fit
/// a window's field (microkernels/tile.h).
[[nodiscard]] std::optional<RequantizationPlan> plan_thresholds(
    const std::vector<ChannelScale>& channels, const OutputRange& output);

}  // namespace thimble::offload
