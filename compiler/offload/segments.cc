// See segments.h.
#include "compiler/offload/segments.h"

#include <algorithm>

#include "microkernels/tile.h"

namespace thimble::offload {
namespace {

int padded(int taps) {
  constexpr int kMultiple = microkernels::kUnrolledTaps;
  return (taps + kMultiple - 1) / kMultiple * kMultiple;
}

// Taps of one channel from `first` on, at most `count`.
ChannelWeights part(const Convolution& layer, int channel, int first, int count) {
  const std::size_t taps = layer.taps();
  const auto begin = static_cast<std::size_t>(first);
  return ChannelWeights(layer.weights)
      .subspan(static_cast<std::size_t>(channel) * taps + begin,
               std::min(static_cast<std::size_t>(count), taps - begin));
}

bool all_fit(const Convolution& layer, int segment) {
  for (int channel = 0; channel < layer.window.output_channels; ++channel) {
    for (int first = 0; first < static_cast<int>(layer.taps()); first += segment)
      if (!fits_field(part(layer, channel, first, segment))) return false;
  }
  return true;
}

}  // namespace

bool fits_field(ChannelWeights segment) {
  constexpr int kMiddle = 1 << (microkernels::kFieldBits - 1);
  const SumRange range = sum_range(segment);
  return range.lowest >= -kMiddle && range.highest < kMiddle;
}

int segment_taps(const Convolution& layer) {
  const auto taps = static_cast<int>(layer.taps());
  // As few segments as can be, and those as even as can be. Four taps always fit.
  for (int segments = 1;; ++segments) {
    const int segment = padded((taps + segments - 1) / segments);
    if (segment <= microkernels::kSegmentTaps && all_fit(layer, segment)) return segment;
  }
}

std::vector<std::uint8_t> segment_weights(const Convolution& layer, int segment) {
  const auto taps = static_cast<int>(layer.taps());
  const int channels = layer.window.output_channels;
  const microkernels::ChannelGroups groups = microkernels::channel_groups(channels);
  std::vector<int> sizes(static_cast<std::size_t>(groups.fours), microkernels::kChannelGroup);
  sizes.insert(sizes.end(), static_cast<std::size_t>(groups.twos), 2);
  std::vector<std::uint8_t> bytes;
  for (int first = 0; first < taps; first += segment) {
    const int count = std::min(segment, taps - first);
    int channel = 0;
    for (const int size : sizes) {
      for (int tap = 0; tap < padded(count); ++tap) {
        for (int c = channel; c < channel + size; ++c) {
          const bool exists = c < channels && tap < count;
          bytes.push_back(exists ? static_cast<std::uint8_t>(
                                       part(layer, c, first, count)[static_cast<std::size_t>(tap)])
                                 : 0);
        }
      }
      channel += size;
    }
  }
  return bytes;
}

}  // namespace thimble::offload
