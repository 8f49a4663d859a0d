// The ops of a stream (runtime/plan.h), read.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/plan/plan.h"

namespace thimble::plan {

struct StreamOp {
  bool slides = false;       ///< else it calls
  std::size_t number = 0;    ///< of a window or of a stage
  std::uint32_t rows = 0;    ///< of a call, at most: no more than there are
  std::uint32_t down = 0;    ///< rows, of a slide
  std::uint32_t kept = 0;    ///< the same
  std::size_t position = 0;  ///< in the ops
};

/// `rows_per_call`: of each stage, where ops don't say it. A stage that is none has no rows; what
/// an end cuts off is left out.
[[nodiscard]] std::vector<StreamOp> read_ops(const std::vector<std::uint8_t>& ops,
                                             const std::vector<std::uint32_t>& rows_per_call);

/// The same of the stream that a plan's step begins.
[[nodiscard]] std::vector<StreamOp> read_ops(const Plan& plan, std::size_t step);

}  // namespace thimble::plan
