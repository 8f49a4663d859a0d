// See exponential.h. For each shift, the multipliers that give an entry its value form a range, as
// exponentials fall when the multiplier grows. The ranges of all entries are intersected.
#include "compiler/offload/exponential.h"

namespace thimble::offload {
namespace {

using microkernels::exponential;
using microkernels::Softmax;

constexpr int kMostShift = 31;
constexpr std::int64_t kLeastMultiplier = std::int64_t{1} << 30;
constexpr std::int64_t kMostMultiplier = INT32_MAX;

struct Range {
  std::int64_t first = kLeastMultiplier;
  std::int64_t last = kMostMultiplier;
};

std::int32_t compute(int shift, std::int64_t multiplier, int below) {
  return exponential({static_cast<std::int32_t>(multiplier), 1, static_cast<std::uint8_t>(shift)},
                     below);
}

// The first multiplier in the range, or the one behind it, whose exponential is less than `bound`.
std::int64_t first_less(int shift, Range range, int below, std::int64_t bound) {
  std::int64_t end = range.last + 1;
  while (range.first < end) {
    const std::int64_t middle = range.first + (end - range.first) / 2;
    if (compute(shift, middle, below) < bound) {
      end = middle;
    } else {
      range.first = middle + 1;
    }
  }
  return end;
}

Range intersect(int shift, const std::vector<std::int32_t>& table) {
  Range range;
  for (int below = 1; below < std::ssize(table) && range.first <= range.last; ++below) {
    const std::int64_t value = table[static_cast<std::size_t>(below)];
    range = {first_less(shift, range, below, value + 1),
             first_less(shift, range, below, value) - 1};
  }
  return range;
}

}  // namespace

std::optional<Softmax> find_exponential(const std::vector<std::int32_t>& table) {
  for (int shift = 0; shift <= kMostShift; ++shift) {
    const Range range = intersect(shift, table);
    if (range.first > range.last) continue;
    bool equal = true;
    for (int below = 0; below < std::ssize(table) && equal; ++below)
      equal = compute(shift, range.first, below) == table[static_cast<std::size_t>(below)];
    if (!equal) continue;
    return Softmax{static_cast<std::int32_t>(range.first), 0, static_cast<std::uint8_t>(shift)};
  }
  return std::nullopt;
}

}  // namespace thimble::offload
