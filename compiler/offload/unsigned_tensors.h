// Chooses how tensors between layers are stored, for the sake of the layer that reads them.
// Internal to offload.
#pragma once

#include <memory>
#include <vector>

#include "compiler/offload/candidate.h"
#include "compiler/offload/graph.h"

namespace thimble::offload {

/// A tensor whose lowest value is its zero point is stored as unsigned, so that its zero point is
/// zero, where a convolution makes it and nothing reads it but depthwise convolutions to which that
/// is of use.
void store_unsigned(const Graph& graph, const std::vector<std::unique_ptr<Candidate>>& candidates,
                    Goal goal);

}  // namespace thimble::offload
