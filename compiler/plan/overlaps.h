// Which outputs may follow the reading of which inputs through memory.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/offload/layer.h"
#include "compiler/plan/placement.h"

namespace thimble::plan {

/// What a microkernel's order allows to tensors, or to their places, whose ranges lie at different
/// distances from their beginnings: the input's farther by `shift`. `lead`: the order's, of all
/// rows or of some.
[[nodiscard]] Overlap overlap_of(int input, int output, std::int64_t lead,
                                 const offload::Order& order, std::int64_t shift);

/// Pairs of tensors that meet at one step, where one is read for the last time and the other is
/// first written, by a microkernel that tells its order or by a copy. `numbers`: of the layers, by
/// the functions that stand for them.
[[nodiscard]] std::vector<Overlap> find_overlaps(const iree::Trace& trace, const Liveness& liveness,
                                                 const std::map<std::string, int>& numbers,
                                                 const std::vector<offload::Layer>& layers);

}  // namespace thimble::plan
