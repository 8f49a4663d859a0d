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

}  // namespace thimble::mlir
