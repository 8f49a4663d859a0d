// Values that are functions of one int8 tensor, element by element, however
// many operations it takes to compute them. Such a function is known when its
// 256 outputs are. Internal to offload.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "compiler/offload/graph.h"

namespace thimble::offload {

/// Outputs for inputs of 0 to 127, then of -128 to -1.
using Outputs = std::array<std::int64_t, 256>;

struct Pointwise {
  std::string source;  ///< an int8 value
  Outputs outputs;
};

/// What `value`, the result of an operation, makes of each element of the next
/// int8 value before it. Absent if it isn't a function of one int8 tensor, or
/// of unknown operations.
[[nodiscard]] std::optional<Pointwise> read_pointwise(const Graph& graph, const std::string& value);

/// The same for the value farthest before it that no layer computes.
[[nodiscard]] std::optional<Pointwise> read_longest_pointwise(const Graph& graph,
                                                              const std::string& value);

/// Whether all users of `value` are functions of `source` with it that are, or
/// will be, computed without it.
[[nodiscard]] bool is_passed_over(const Graph& graph, const std::string& value,
                                  const std::string& source);

}  // namespace thimble::offload
