// See runs.h.
#include "compiler/offload/runs.h"

#include <algorithm>

#include "microkernels/tile.h"

namespace thimble::offload {

bool fits_half(ChannelWeights run) {
  constexpr int kLowestInput = -128;
  constexpr int kHighestInput = 127;
  int lowest = 0;
  int highest = 0;
  for (const int weight : run) {
    lowest += std::min(weight * kLowestInput, weight * kHighestInput);
    highest += std::max(weight * kLowestInput, weight * kHighestInput);
  }
  return lowest >= INT16_MIN && highest <= INT16_MAX;
}

std::vector<int> run_lengths(std::span<const ChannelWeights> channels) {
  const std::size_t taps = channels[0].size();
  std::vector<int> lengths;
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
    lengths.push_back(static_cast<int>(length));
    start += length;
  }
  return lengths;
}

std::vector<std::uint32_t> run_words(const std::vector<int>& lengths) {
  constexpr std::size_t kLengthsEach = 8;
  constexpr unsigned kLengthBits = 4;
  std::vector<std::uint32_t> words((lengths.size() + kLengthsEach - 1) / kLengthsEach);
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    words[i / kLengthsEach] |= static_cast<std::uint32_t>(lengths[i])
                               << (kLengthBits * (i % kLengthsEach));
  }
  return words;
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
