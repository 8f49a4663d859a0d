// What the model's share of a firmware holds, step by step: code, constants, and what steps share.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "compiler/plan/plan.h"
#include "compiler/report/breakdown.h"
#include "compiler/report/code.h"

namespace thimble::profile {

/// What something takes of the image.
struct FlashBytes {
  std::uint64_t code = 0;
  std::uint64_t constants = 0;
};

/// Together exactly memory.model_code and memory.weights. What several steps use belongs to the
/// first of them, but for microkernels, which are no step's.
struct Footprint {
  std::vector<FlashBytes> steps;                      ///< functions, tables of the plan, constants
  std::map<std::string, std::uint64_t> microkernels;  ///< code by source file
  std::uint64_t support = 0;                          ///< soft float, memory routines
  FlashBytes plan;  ///< what of the plan and the constants is no step's: ends, names, alignment
};

/// Takes the model's share of an image with that plan apart. `functions` are the image's, as
/// analyze_code gives them.
[[nodiscard]] Footprint footprint(const plan::Plan& plan, const Breakdown& breakdown,
                                  const std::vector<Function>& functions);

}  // namespace thimble::profile
