// Values that are the bytes of another int8 value in another order, some of them left out: slices,
// transpositions, and reshapes between them. Internal to offload.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/offload/graph.h"

namespace thimble::offload {

/// Nested loops over the source, outermost first, that read the value from its first byte to its
/// last.
struct View {
  struct Loop {
    std::int64_t extent;
    std::int64_t step;  ///< bytes of the source
  };
  std::string source;
  std::int64_t first = 0;                ///< byte of the source
  std::vector<std::vector<Loop>> loops;  ///< of each dimension of the value

  /// The loops of some dimensions, joined where they are one.
  [[nodiscard]] std::vector<Loop> joined(std::size_t first_dimension, std::size_t end) const;
};

/// From the farthest source that no layer computes and that can be read in such a way. `value` is
/// the result of an operation; absent if that isn't one of these.
[[nodiscard]] std::optional<View> read_view(const Graph& graph, const std::string& value);

}  // namespace thimble::offload
