// Raw bytes of tensors as numbers: for JSON, for people, for comparing.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/tflite/model.h"

namespace thimble::cli {

/// Element `index` as a number; integers of 64 bits may lose their last digits.
[[nodiscard]] double value_at(const tflite::Tensor& tensor, std::span<const std::uint8_t> bytes,
                              std::size_t index);

/// All elements as a flat list, in their own type.
[[nodiscard]] nlohmann::ordered_json values_json(const tflite::Tensor& tensor,
                                                 std::span<const std::uint8_t> bytes);

/// The tensors that stand one after the other in `bytes`.
[[nodiscard]] std::vector<std::span<const std::uint8_t>> split(const tflite::Model& model,
                                                               const std::vector<int>& tensors,
                                                               std::span<const std::uint8_t> bytes);

}  // namespace thimble::cli
