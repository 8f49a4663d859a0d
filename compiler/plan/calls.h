// In which order the stages of a chain are called, and for how many rows.
#pragma once

#include <optional>
#include <vector>

#include "compiler/plan/stages.h"

namespace thimble::plan {

/// `parts` at the beginning. Absent if nothing can run though not all is done.
[[nodiscard]] std::optional<std::vector<Call>> find_calls(Parts parts, const Chain& chain);

}  // namespace thimble::plan
