// A model's labelled test inputs: how well it does on the board.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/base/result.h"
#include "compiler/cli/card.h"
#include "compiler/tflite/model.h"

namespace thimble::cli {

/// The test inputs of the model's card, one after another. kUsage if it has none, or not as many as
/// are labelled.
[[nodiscard]] Result<std::vector<Bytes>> read_test_inputs(const tflite::Model& model,
                                                          const std::optional<Card>& card);

/// "accuracy" of the JSON: the metric, its value of what the target answered, and the card's on the
/// whole test set. `outputs`: of each input, all output tensors one after the other.
[[nodiscard]] nlohmann::ordered_json accuracy_json(const tflite::Model& model, const Card& card,
                                                   std::span<const Bytes> inputs,
                                                   std::span<const Bytes> outputs);

}  // namespace thimble::cli
