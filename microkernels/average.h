// The fold of averages. Internal to microkernels.
#pragma once

#include <cstdint>

namespace thimble::microkernels {

struct AverageFold {
  static constexpr std::int32_t kFirst = 0;
  static std::int32_t next(std::int32_t sum, std::int32_t value) { return sum + value; }
  [[nodiscard]] std::int8_t result(std::int32_t sum, int count) const {
    const int half = count / 2;
    // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): a window has at least one value
    const int average = (sum + (sum < 0 ? -half : half)) / count;
    const int raised = average < lowest ? lowest : average;
    return static_cast<std::int8_t>(raised > highest ? highest : raised);
  }

  int lowest;
  int highest;
};

}  // namespace thimble::microkernels
