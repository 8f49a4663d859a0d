// The input that a model is run with: the user's choice, or one that makes sense.
#pragma once

#include <optional>
#include <string>

#include "compiler/base/file.h"
#include "compiler/base/result.h"
#include "compiler/cli/card.h"
#include "compiler/tflite/model.h"

namespace thimble::cli {

struct Input {
  Bytes bytes;         ///< all inputs of the model in order
  std::string origin;  ///< for people
};

/// `wanted`: a file, "random:SEED", or empty: the card's first clip, else random:0.
[[nodiscard]] Result<Input> find_input(const std::string& wanted, const tflite::Model& model,
                                       const std::optional<Card>& card);

}  // namespace thimble::cli
