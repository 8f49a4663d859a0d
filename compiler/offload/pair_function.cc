// See pair_function.h. For given factors and shift each pair bounds the offset
// from above and from below, so it takes one pass to find the offset that is
// right for all of them, or that there is none. Factors near the slopes are
// tried.
#include "compiler/offload/pair_function.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "microkernels/elementwise.h"

namespace thimble::offload {
namespace {

constexpr std::int64_t kLimit = std::numeric_limits<std::int32_t>::max();
constexpr int kLowest = -128;
constexpr int kHighest = 127;
constexpr int kMostShift = 30;
constexpr int kShiftsTried = 3;

// What an offset may be.
struct Bounds {
  std::int64_t least = -kLimit;
  std::int64_t most = kLimit;

  [[nodiscard]] bool empty() const { return least > most; }
  [[nodiscard]] std::int32_t middle() const {
    return static_cast<std::int32_t>(least + (most - least) / 2);
  }
};

// The offsets with which (value(first, second) + offset) >> shift is the
// function, separately for values from 0 on and for those below.
struct Offsets {
  Bounds positive;
  Bounds negative;

  [[nodiscard]] bool empty() const { return positive.empty() || negative.empty(); }
  // One offset for both.
  [[nodiscard]] Bounds common() const {
    return {std::max(positive.least, negative.least), std::min(positive.most, negative.most)};
  }
};

template <typename Value>
Offsets find_offsets(const PairFunction& function, int shift, const Value& value) {
  Offsets offsets;
  auto output = function.outputs.begin();
  for (int first = kLowest; first <= kHighest && !offsets.empty(); ++first) {
    for (int second = kLowest; second <= kHighest; ++second, ++output) {
      const std::int64_t exact = value(first, second);
      Bounds& bounds = exact < 0 ? offsets.negative : offsets.positive;
      const std::int64_t step = std::int64_t{1} << shift;
      if (*output > function.lowest) bounds.least = std::max(bounds.least, *output * step - exact);
      if (*output < function.highest)
        bounds.most = std::min(bounds.most, (*output + 1) * step - 1 - exact);
      // Nothing overflows.
      bounds.least = std::max(bounds.least, -kLimit - exact);
      bounds.most = std::min(bounds.most, kLimit - exact);
      if (std::abs(exact) > kLimit) bounds.most = bounds.least - 1;
    }
  }
  return offsets;
}

// The largest shift with which `span` times 2^shift has 31 bits.
int largest_shift(double span) {
  int shift = kMostShift;
  while (shift > 0 && std::ldexp(span, shift) > static_cast<double>(kLimit)) --shift;
  return shift;
}

// Changes of a factor, nearest first. Larger factors spread values out, so that
// halves are rounded away from zero.
constexpr int kSteps[] = {0, 1, -1, 2, -2, 3, -3, 5, -5, 8, -8};
constexpr int kSpreads[] = {0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096};

}  // namespace

std::optional<SumForm> find_sum(const PairFunction& function, double first_slope,
                                double second_slope) {
  const double span = 256 * (std::abs(first_slope) + std::abs(second_slope)) + 256;
  const int most = largest_shift(span);
  const double larger = std::max(std::abs(first_slope), std::abs(second_slope));
  for (int shift = most; shift >= 0 && shift > most - kShiftsTried; --shift) {
    for (const int spread : kSpreads) {
      const double scale = std::ldexp(1, shift) + (larger > 0 ? spread / larger : 0);
      for (const int first_step : kSteps) {
        for (const int second_step : kSteps) {
          const std::int64_t first_factor = std::llround(first_slope * scale) + first_step;
          const std::int64_t second_factor = std::llround(second_slope * scale) + second_step;
          const auto value = [&](int first, int second) {
            return first * first_factor + second * second_factor;
          };
          const Bounds offset = find_offsets(function, shift, value).common();
          if (offset.empty()) continue;
          return SumForm{static_cast<std::int32_t>(first_factor),
                         static_cast<std::int32_t>(second_factor), offset.middle(), shift};
        }
      }
    }
  }
  return std::nullopt;
}

std::optional<ProductForm> find_product(const PairFunction& function, int first_zero_point,
                                        int second_zero_point, double slope) {
  // Multiplied, a product loses these bits to the low word.
  constexpr int kLostBits = 32 - microkernels::kProductShift;
  const double span = 65536 * std::abs(slope) + 256;
  const int most = std::min(largest_shift(span), largest_shift(std::ldexp(slope, kLostBits)));
  std::optional<ProductForm> best;
  for (int shift = most; shift >= 0 && shift > most - kShiftsTried; --shift) {
    const std::int64_t middle = std::llround(std::ldexp(slope, shift + kLostBits));
    for (const int spread : kSpreads) {
      for (const int step : kSteps) {
        const std::int64_t factor = middle + (spread << 5) + step;
        if (std::abs(factor) > kLimit) continue;
        const Offsets offsets = find_offsets(function, shift, [&](int first, int second) {
          const std::int64_t product =
              std::int64_t{first - first_zero_point} * (second - second_zero_point);
          return (product * factor) >> kLostBits;
        });
        if (offsets.empty()) continue;
        const auto used = static_cast<std::int32_t>(factor);
        if (const Bounds common = offsets.common(); !common.empty())
          return ProductForm{used, common.middle(), 0, shift};
        if (!best) {
          const std::int32_t offset = offsets.positive.middle();
          best = ProductForm{used, offset, offsets.negative.middle() - offset, shift};
        }
      }
    }
  }
  return best;
}

}  // namespace thimble::offload
