// While a step runs, its output grows and its inputs are used up.
#pragma once

#include <vector>

#include "compiler/timeline/timeline.h"

namespace thimble::timeline {

/// Outlines of what shares memory in the timeline. `numbers`: of the plan's tensors, in the
/// timeline.
void add_outlines(const plan::Plan& plan, const std::vector<int>& numbers, Timeline& timeline);

}  // namespace thimble::timeline
