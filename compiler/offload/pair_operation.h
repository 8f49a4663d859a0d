// Arithmetic of two int8 tensors as the program has it: each is rescaled to 32
// bits, then they are combined, then the result is rescaled to int8 and
// clamped. Internal to offload.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/offload/candidate.h"
#include "compiler/offload/elementwise.h"
#include "compiler/offload/pair_function.h"
#include "compiler/offload/pointwise.h"

namespace thimble::offload {

struct PairOperation {
  Pointwise first;   ///< in the microkernel's order
  Pointwise second;  ///< neither overflows
  Meeting meeting;
  double output_slope = 0;  ///< of the output, over the combined value
  PairFunction function;
  const mlir::Operation* last = nullptr;
};

/// An operation on two 32-bit values: `combine` is what it does. Without
/// operation and refusal it isn't one of two int8 tensors.
struct PairReading {
  std::optional<PairOperation> operation;
  std::string refusal;
};
[[nodiscard]] PairReading read_pair_operation(
    const Graph& graph, const mlir::Operation& operation,
    const std::function<std::int64_t(std::int64_t, std::int64_t)>& combine);

/// Output per step of the input.
[[nodiscard]] double slope(const Outputs& outputs);

}  // namespace thimble::offload
