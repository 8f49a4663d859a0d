// See runs.h.
#include "compiler/offload/runs.h"

#include <algorithm>

#include "microkernels/tile.h"

namespace thimble::offload {

SumRange sum_range(ChannelWeights run) {
  constexpr int kLowestInput = -128;
  constexpr int kHighestInput = 127;
  SumRange range{0, 0};
  for (const int weight : run) {
    range.lowest += std::min(weight * kLowestInput, weight * kHighestInput);
    range.highest += std::max(weight * kLowestInput, weight * kHighestInput);
  }
  return range;
}

bool fits_half(ChannelWeights run) {
  const SumRange range = sum_range(run);
  return range.lowest >= INT16_MIN && range.highest <= INT16_MAX;
}

std::vector<std::uint8_t> run_lengths(std::span<const ChannelWeights> channels) {
  const std::size_t taps = channels[0].size();
  std::vector<std::uint8_t> lengths;
  for (std::size_t start = 0; start < taps;) {
    // One tap always fits: 128 * 128 is less than 2^15.
    std::size_t length = 1;
    while (length < microkernels::kLongestRun && start + length < taps &&
           std::ranges::all_of(
               channels,
               [&](ChannelWeights channel) {
                 return fits_half(channel.subspan(start, length + 1));
               })) {
      ++length;
    }
    lengths.push_back(static_cast<std::uint8_t>(length));
    start += length;
  }
  lengths.push_back(0);
  return lengths;
}

std::uint8_t even_run_length(std::span<const ChannelWeights> channels) {
  constexpr std::size_t kMost = 255;
  const std::size_t taps = channels[0].size();
  std::size_t length = std::min(kMost, taps);
  const auto all_fit = [&](ChannelWeights channel) {
    for (std::size_t start = 0; start < taps; start += length) {
      if (!fits_half(channel.subspan(start, std::min(length, taps - start)))) return false;
    }
    return true;
  };
  while (!std::ranges::all_of(channels, all_fit)) --length;
  return static_cast<std::uint8_t>(length);
}

std::vector<std::uint32_t> unpacked(std::span<const ChannelWeights> channels) {
  std::vector<std::uint32_t> words;
  words.reserve(channels[0].size());
  const auto biased = [](std::int8_t weight) { return static_cast<std::uint32_t>(weight + 128); };
  for (std::size_t tap = 0; tap < channels[0].size(); ++tap) {
    words.push_back(biased(channels[0][tap]) | biased(channels[2][tap]) << 8U |
                    biased(channels[1][tap]) << 16U | biased(channels[3][tap]) << 24U);
  }
  return words;
}

std::vector<std::uint32_t> packed(std::span<const ChannelWeights> channels) {
  const std::size_t taps = channels[0].size();
  std::vector<std::uint32_t> words;
  words.reserve(taps * (channels.size() + 1) / 2);
  for (std::size_t tap = 0; tap < taps; ++tap) {
    for (std::size_t c = 0; c < channels.size(); c += 2) {
      const std::int32_t lower = channels[c][tap];
      const std::int32_t upper = c + 1 < channels.size() ? channels[c + 1][tap] : 0;
      words.push_back(static_cast<std::uint32_t>(lower) +
                      (static_cast<std::uint32_t>(upper) << 16U));
    }
  }
  return words;
}

}  // namespace thimble::offload
