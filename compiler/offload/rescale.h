// Reading the RESCALE and the CLAMP behind a sum. Internal to offload.
#pragma once

#include <optional>
#include <vector>

#include "compiler/offload/graph.h"
#include "compiler/offload/requantization.h"

namespace thimble::offload {

struct Rescale {
  std::vector<std::int64_t> multipliers;  ///< one, or one a channel
  std::vector<int> shifts;                ///< as many
  int input_zero_point = 0;
  OutputRange output;                     ///< with the clamp
  const mlir::Operation* last = nullptr;  ///< the rescale, or the clamp behind it
};

struct Clamp {
  int lowest = -128;
  int highest = 127;
  const mlir::Operation* last = nullptr;  ///< the clamp, or the operation itself
};

/// Reads the tosa.clamp behind an operation of int8, also behind a reshape, if nothing else wants
/// what lies between.
[[nodiscard]] Clamp read_clamp(const Graph& graph, const mlir::Operation& operation);

/// Reads a tosa.rescale to int8 and, if nothing else wants what lies between, the tosa.clamp behind
/// it. Absent when `operation` is null, something else, or has a form that no microkernel computes.
[[nodiscard]] std::optional<Rescale> read_rescale(const Graph& graph,
                                                  const mlir::Operation* operation);

}  // namespace thimble::offload
