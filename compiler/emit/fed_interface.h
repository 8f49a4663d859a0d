// What a model's user sees of an input that is fed by rows (runtime/feed.h).
#pragma once

#include <cstdint>
#include <string>

#include "compiler/plan/plan.h"

namespace thimble::emit {

struct Interface;

/// Rows of an input that the caller brings.
struct FedRows {
  std::uint32_t rows = 0;
  std::uint64_t row_bytes = 0;
  std::uint32_t window_rows = 0;  ///< that the arena keeps
};

/// For <model>.h: constants of the input's rows, and the functions, inside extern "C".
[[nodiscard]] std::string fed_c_constants(const Interface& interface);
[[nodiscard]] std::string fed_c_functions(const Interface& interface);
/// For <model>.hpp, inside the model's namespace.
[[nodiscard]] std::string fed_cpp_functions(const Interface& interface);
/// For plan.cc: kFedInput and the functions of <model>.h.
[[nodiscard]] std::string fed_source(const std::string& name, const plan::Plan& plan);

}  // namespace thimble::emit
