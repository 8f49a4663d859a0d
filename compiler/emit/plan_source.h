// A plan as source text: constant tables for the runtime, and the model's constants.
#pragma once

#include <string>

#include "compiler/plan/plan.h"

namespace thimble::emit {

/// Where the model's constants live.
enum class WeightsPlacement {
  kRodata,  ///< read in place, on flash boards from flash
  kData     ///< copied to RAM at start: only to show what that costs
};

/// plan.cc: thimble::model::<name>::kPlan and <name>_run. Needs constants.S.
[[nodiscard]] std::string plan_source(const std::string& name, const plan::Plan& plan);

/// constants.S: the block of constants, which it includes from the file `constants.bin`.
[[nodiscard]] std::string constants_source(const std::string& name, WeightsPlacement placement);

}  // namespace thimble::emit
