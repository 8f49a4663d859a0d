// Functions of two int8 values in cheap forms that are the same for all 65,536
// pairs. Internal to offload.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace thimble::offload {

/// A function to int8 whose outputs are clamped to [lowest, highest].
struct PairFunction {
  std::vector<std::int8_t> outputs;  ///< of (-128, -128), (-128, -127), ...
  int lowest = -128;
  int highest = 127;
};

/// As microkernels::Add has it.
struct SumForm {
  std::int32_t first_factor;
  std::int32_t second_factor;
  std::int32_t offset;
  int shift;
};

/// Finds it for a function that is nearly `first_slope * first + second_slope *
/// second` plus something where it is not clamped.
[[nodiscard]] std::optional<SumForm> find_sum(const PairFunction& function, double first_slope,
                                              double second_slope);

/// As microkernels::Multiply has it.
struct ProductForm {
  std::int32_t factor;
  std::int32_t offset;
  std::int32_t negative_offset;
  int shift;
};

/// Finds it for a function that is nearly `slope` times the product of first
/// and second less their zero points, plus something.
[[nodiscard]] std::optional<ProductForm> find_product(const PairFunction& function,
                                                      int first_zero_point, int second_zero_point,
                                                      double slope);

}  // namespace thimble::offload
