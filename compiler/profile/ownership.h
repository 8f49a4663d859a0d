// Whose is what: which operator of the model each step of its plan works for.
#pragma once

#include <vector>

#include "compiler/pipeline/network.h"
#include "compiler/tflite/model.h"

namespace thimble::profile {

struct Ownership {
  std::vector<int> of_steps;      ///< of each step, an index into the model's operators
  std::vector<int> of_operators;  ///< of each operator, the one that answers for it: itself if it
                                  ///< has steps, else one whose steps do its work, or are next
};

/// A step belongs to the last operator that it helps to compute. A copy or fill belongs to the
/// operator that first reads what it makes. An operator without steps was fused into others (or
/// costs nothing): it goes with the first of its consumers that has some, else with its producer.
[[nodiscard]] Ownership ownership(const tflite::Model& model, const Network& network);

}  // namespace thimble::profile
