// Checking a build against the reference: what validate and bench share.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "compiler/cli/comparison.h"
#include "compiler/cli/target_run.h"

namespace thimble::cli {

inline constexpr int kMostSamples = 1'000'000;

/// What a run on the target gave, and how that compares.
struct Checked {
  Comparison comparison;
  TargetRun run;
};

/// The first `count` inputs made from `seed`.
[[nodiscard]] std::vector<Bytes> make_samples(const tflite::Model& model, std::uint64_t seed,
                                              int count);

/// Runs the samples on the board, in the simulator, and through the reference, and compares all
/// that the build returns. Differences are no error.
[[nodiscard]] Result<Checked> check(const tflite::Model& model, const Build& built,
                                    const Board& board, std::span<const Bytes> samples);

/// The contract's "validation". `tensors`: how many of each sample were compared.
[[nodiscard]] nlohmann::ordered_json to_json(const tflite::Model& model,
                                             const Comparison& comparison, std::size_t tensors,
                                             std::uint64_t seed);

}  // namespace thimble::cli
