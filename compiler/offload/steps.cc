// See steps.h.
#include "compiler/offload/steps.h"

namespace thimble::offload {
namespace {

// The least value in (below, above] with that output or more; `above` has it.
template <typename Function>
std::int64_t threshold(const Function& output, int level, std::int64_t below, std::int64_t above) {
  while (above - below > 1) {
    const std::int64_t middle = below + (above - below) / 2;
    (output(middle) >= level ? above : below) = middle;
  }
  return above;
}

}  // namespace

Steps steps_of(const ChannelScale& channel, const OutputRange& range) {
  const auto output = [&](std::int64_t value) { return requantized(value, channel, range); };
  Steps steps{output(channel.lowest), {}};
  const int last = output(channel.highest);
  std::int64_t below = channel.lowest;
  for (int level = steps.first + 1; level <= last; ++level) {
    // Several levels may share a threshold: the search may begin one below it.
    below = threshold(output, level, below, channel.highest);
    steps.thresholds.push_back(below);
    --below;
  }
  return steps;
}

}  // namespace thimble::offload
