// The bound on segments of taps is what keeps the sums of eight windows apart: at the bound they
// are exact whatever the inputs are, beyond it they are not.
#include "compiler/offload/segments.h"

#include <gtest/gtest.h>

#include <array>

#include "microkernels/tile.h"

namespace thimble::offload {
namespace {

using namespace microkernels;

constexpr std::array<std::int8_t, 3> kExtremes = {-128, 127, 0};

// Windows each of which reads one value everywhere, for as many taps as there are weights.
std::vector<std::uint32_t> words_of(const std::vector<std::int8_t>& weights,
                                    const std::array<std::int8_t, kTilePixels>& values) {
  std::vector<std::vector<std::int8_t>> windows;
  windows.reserve(values.size());
  std::array<const std::int8_t*, kTilePixels> pixels{};
  for (const std::int8_t value : values) windows.emplace_back(weights.size(), value);
  for (std::size_t p = 0; p < pixels.size(); ++p) pixels[p] = windows[p].data();
  std::vector<std::uint32_t> words(weights.size() * kTileWords);
  thimble_pack_words(pixels.data(), words.data(), static_cast<std::int32_t>(weights.size()), 0);
  return words;
}

// The sums of one channel, of a multiple of kUnrolledTaps taps.
std::array<std::int32_t, kTilePixels> sums_of(const std::vector<std::int8_t>& weights,
                                              const std::vector<std::uint32_t>& words) {
  std::vector<std::int8_t> group;  // beside a channel of zeros
  for (const std::int8_t weight : weights) group.insert(group.end(), {weight, 0});
  std::array<std::int32_t, kTilePixels> sums{};
  const std::int32_t bias = -(1 << (kFieldBits - 1));
  PackedTile tile{};
  tile.words = words.data();
  tile.words_end = words.data() + words.size();
  tile.weights = group.data();
  tile.groups = channel_groups(1);
  tile.channels = 1;
  tile.is_first = 1;
  tile.sums = sums.data();
  tile.biases = &bias;
  thimble_packed_tile(&tile);
  return sums;
}

// Whether windows that reach a sum, and no more, are told from the others: one channel has its
// threshold just below that sum, another one just below the next.
bool tells(const std::vector<std::int8_t>& weights, const std::vector<std::uint32_t>& words,
           std::int32_t sum, const std::array<std::int32_t, kTilePixels>& sums) {
  constexpr std::uint32_t kSteep = 1U << 31;
  const auto field = static_cast<std::uint32_t>(sum + (1 << (kFieldBits - 1)));
  std::vector<std::int8_t> group;
  for (const std::int8_t weight : weights) group.insert(group.end(), {weight, weight});
  const std::array<ThresholdScale, 2> scales{
      {{kSteep, field == 0 ? 0 : (field - 1) << 12}, {kSteep, field << 12}}};
  std::array<std::int8_t, std::size_t{2} * kTilePixels> outputs{};
  WholeTile tile{};
  tile.words = words.data();
  tile.words_end = words.data() + words.size();
  tile.weights = group.data();
  tile.scales = scales.data();
  tile.output = outputs.data();
  tile.pitch = 2;
  tile.channels = 2;
  tile.outputs = 2;
  thimble_whole_tile(&tile);
  for (std::size_t p = 0; p < sums.size(); ++p) {
    const bool reaches = sums[p] >= sum && field != 0;
    if (outputs[2 * p] != (reaches ? 1 : 0)) return false;
    if (outputs[2 * p + 1] != (sums[p] > sum ? 1 : 0)) return false;
  }
  return true;
}

// Whether sums are right for each extreme input of each window beside each of the others.
bool exact(const std::vector<std::int8_t>& weights) {
  std::int32_t total = 0;
  for (const std::int8_t weight : weights) total += weight;
  int patterns = 1;
  for (int p = 0; p < kTilePixels; ++p) patterns *= static_cast<int>(kExtremes.size());
  for (int pattern = 0; pattern < patterns; ++pattern) {
    std::array<std::int8_t, kTilePixels> values{};
    int rest = pattern;
    for (std::int8_t& value : values) {
      value = kExtremes[static_cast<std::size_t>(rest) % kExtremes.size()];
      rest /= static_cast<int>(kExtremes.size());
    }
    const auto words = words_of(weights, values);
    const auto sums = sums_of(weights, words);
    for (std::size_t p = 0; p < sums.size(); ++p) {
      if (sums[p] != total * values[p] || !tells(weights, words, sums[p], sums)) return false;
    }
  }
  return true;
}

TEST(Segments, AreExactAtTheBound) {
  for (const int weight : {-128, -127, 127}) {
    std::vector<std::int8_t> weights(32, static_cast<std::int8_t>(weight));
    if (!fits_field(weights)) weights.back() = -127;  // 32 * 128 * 128 is one too many
    EXPECT_TRUE(fits_field(weights));
    EXPECT_TRUE(exact(weights)) << weight;
  }
}

TEST(Segments, AreWrongBeyondTheBound) {
  for (const int weight : {-128, 127}) {
    const std::vector<std::int8_t> weights(36, static_cast<std::int8_t>(weight));
    EXPECT_FALSE(fits_field(weights));
    EXPECT_FALSE(exact(weights)) << weight;
  }
  // By one.
  const std::vector<std::int8_t> weights(32, -128);
  EXPECT_FALSE(fits_field(weights));
  EXPECT_FALSE(exact(weights));
}

TEST(Segments, AreAsLongAsAllChannelsAllow) {
  Convolution layer;
  layer.window.output_channels = 3;
  layer.weights.assign(std::size_t{3} * 100, 1);
  EXPECT_EQ(segment_taps(layer), 52);  // two, for one would have more than kSegmentTaps
  std::fill_n(layer.weights.begin() + 100, 100, std::int8_t{-128});
  EXPECT_EQ(segment_taps(layer), 28);  // four, for three would have 36
  for (int first = 0; first < 100; first += 28) {
    const int count = std::min(28, 100 - first);
    EXPECT_TRUE(fits_field(
        ChannelWeights(layer.weights)
            .subspan(static_cast<std::size_t>(100 + first), static_cast<std::size_t>(count))));
  }
}

TEST(Segments, WeightsAreInTheTilesOrder) {
  Convolution layer;
  layer.window.output_channels = 5;
  for (int channel = 0; channel < 5; ++channel) {
    for (int tap = 0; tap < 6; ++tap)
      layer.weights.push_back(static_cast<std::int8_t>(10 * channel + tap));
  }
  const std::vector<std::uint8_t> expected = {
      0,  10, 20, 30, 1,  11, 21, 31, 2, 12, 22, 32, 3, 13, 23, 33,  // first four taps and channels
      40, 0,  41, 0,  42, 0,  43, 0,                                 // the fifth channel
      4,  14, 24, 34, 5,  15, 25, 35, 0, 0,  0,  0,  0, 0,  0,  0,   // the rest, padded
      44, 0,  45, 0,  0,  0,  0,  0};
  EXPECT_EQ(segment_weights(layer, 4), expected);
}

}  // namespace
}  // namespace thimble::offload
