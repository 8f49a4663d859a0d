// What the model's share of a firmware holds, step by step: code, constants, and what steps share.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/pipeline/build.h"

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

/// Takes the model's share of the firmware of `build` apart.
[[nodiscard]] Result<Footprint> footprint(const Build& build);

}  // namespace thimble::profile
