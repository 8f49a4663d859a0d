// The numbers in constant operations.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/mlir/operation.h"

namespace thimble::mlir {

/// All elements of an integer constant (tosa.const and the like: its property `values`), splats
/// spread out. Absent for anything else.
[[nodiscard]] std::optional<std::vector<std::int64_t>> constant_values(const Operation& operation);

/// A tosa.const named `result` with these elements; those of `type` are whole numbers of 8, 16 or
/// 32 bits.
[[nodiscard]] Operation constant_operation(std::string result, const TensorType& type,
                                           const std::vector<std::int64_t>& values);

}  // namespace thimble::mlir
