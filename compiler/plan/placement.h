// Packing tensors into one arena: two that live at the same step don't overlap.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/plan/liveness.h"

namespace thimble::plan {

struct Placement {
  std::vector<std::uint64_t> offsets;  ///< in the arena, one a tensor, multiples of kAlignment
  std::uint64_t arena_bytes = 0;
};

/// No arena can be smaller: the most bytes that live at one step.
[[nodiscard]] std::uint64_t lower_bound(std::span<const Tensor> tensors);

/// Places tensors lowest-first in several orders, then improves the best order by exchanging pairs;
/// always the same answer for the same tensors. Stops at the lower bound.
[[nodiscard]] Placement place(std::span<const Tensor> tensors);

}  // namespace thimble::plan
