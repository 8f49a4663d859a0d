// In which order the stages of a chain are called, and for how many rows.
#pragma once

#include <optional>
#include <vector>

#include "compiler/plan/stages.h"

namespace thimble::plan {

struct Call {
  std::size_t stage = 0;
  int rows = 0;
  bool begins_turn = false;  ///< of stages that advance together
};

/// `parts` at the beginning. Absent if nothing can run though not all is done.
[[nodiscard]] std::optional<std::vector<Call>> find_calls(Parts parts, const Chain& chain);

}  // namespace thimble::plan
