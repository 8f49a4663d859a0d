// How good a model is, as one number of at most 1: what zoo/README.md says of each metric.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace thimble::cli {

/// Real values of one tensor.
using Values = std::vector<double>;

/// What a model was given, what it answered and what was expected: `expected` has as many elements
/// as there are inputs and outputs.
struct Answers {
  std::span<const Values> inputs;
  std::span<const Values> outputs;
  std::span<const double> expected;
};

/// The score by "accuracy", "auc" or "r2"; absent for another name, and where the answers have no
/// score (no anomaly among them, no variance).
[[nodiscard]] std::optional<double> score(std::string_view metric, const Answers& answers);

}  // namespace thimble::cli
