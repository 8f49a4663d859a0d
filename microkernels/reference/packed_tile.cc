// Tiles of packed windows, plainly: word by word as the assembly does it, so that sums that are too
// large show here too. Weak: an instruction set's own functions take their place.
#include "microkernels/requantize.h"
#include "microkernels/tile.h"

namespace thimble::microkernels {
namespace {

constexpr std::uint32_t kField = (1U << kFieldBits) - 1;
constexpr std::uint32_t kMiddle = 1U << (kFieldBits - 1);

void pack(const std::uint32_t* values, std::uint32_t* words) {
  for (int w = 0; w < 3; ++w) words[w] = values[w] + (values[w + 3] << 20);
  words[3] = values[6] + (values[3] << 8) + (values[4] << 16);
  words[4] = values[7] + (values[5] << 8) + (values[4] << 12);
}

void unpack(const std::uint32_t* words, std::uint32_t* values) {
  for (int w = 0; w < 3; ++w) {
    values[w] = words[w] & kField;
    values[w + 3] = words[w] >> 20;
  }
  const std::uint32_t rest3 = words[3] - (values[3] << 8) - (values[4] << 16);
  values[6] = rest3 & kField;
  values[3] += ((rest3 >> 20) & 0xff) << 12;
  values[4] += rest3 >> 28 << 12;
  const std::uint32_t rest4 = words[4] - (values[5] << 8) - (values[4] << 12);
  values[7] = rest4 & kField;
  values[5] += ((rest4 >> 20) & 0xff) << 12;
  values[4] += rest4 >> 28 << 16;
}

// Sums of a group's channels, word by word; the weights move on.
void sum_products(const std::uint32_t* words, const std::uint32_t* words_end,
                  const std::int8_t*& weights, int channels, std::uint32_t* sums) {
  constexpr std::uint32_t kMiddles[] = {kMiddle, kMiddle, kMiddle, kMiddle,
                                        kMiddle, kMiddle, kMiddle, kMiddle};
  for (int c = 0; c < channels; ++c) pack(kMiddles, sums + c * kTileWords);
  for (; words != words_end; words += kTileWords) {
    for (int c = 0; c < channels; ++c, ++weights) {
      for (int w = 0; w < kTileWords; ++w)
        sums[c * kTileWords + w] += words[w] * static_cast<std::uint32_t>(*weights);
    }
  }
}

std::int8_t requantized(const PackedTile& tile, std::int32_t value, std::uint32_t multiplier) {
  const auto shifted = static_cast<std::int32_t>(static_cast<std::uint32_t>(tile.twice_zero_point)
                                                 << (multiplier % 32));
  std::int32_t result =
      scaled(value, multiplier, (shifted >> 1) + tile.double_round, tile.symmetric != 0);
  result = result < tile.lowest ? tile.lowest : result;
  result = result > tile.highest ? tile.highest : result;
  return static_cast<std::int8_t>(result);
}

void finish_channel(PackedTile& tile, const std::uint32_t* words) {
  std::uint32_t values[kTilePixels];
  unpack(words, values);
  for (int p = 0; p < kTilePixels; ++p)
    values[p] += static_cast<std::uint32_t>(tile.is_first != 0 ? *tile.biases : tile.sums[p]);
  if (tile.is_first != 0) ++tile.biases;
  if (tile.is_last == 0) {
    for (int p = 0; p < kTilePixels; ++p) *tile.sums++ = static_cast<std::int32_t>(values[p]);
    return;
  }
  if (tile.is_first == 0) tile.sums += kTilePixels;
  const int windows = tile.windows == 0 ? kTilePixels : tile.windows;
  for (int p = 0; p < windows; ++p) {
    tile.output[p * tile.pitch] =
        requantized(tile, static_cast<std::int32_t>(values[p]), *tile.scales);
  }
  ++tile.output;
  tile.scales += tile.scale_step / sizeof(std::uint32_t);
}

void compute_group(PackedTile& tile, int channels) {
  sum_products(tile.words, tile.words_end, tile.weights, channels, tile.work);
  for (int c = 0; c < channels && tile.channels > 0; ++c, --tile.channels)
    finish_channel(tile, tile.work + c * kTileWords);
}

}  // namespace

extern "C" [[gnu::weak]] void thimble_pack_words(const std::int8_t** pixels, std::uint32_t* words,
                                                 std::int32_t count, std::int32_t step) {
  for (int tap = 0; tap < count; ++tap, words += kTileWords) {
    std::uint32_t values[kTilePixels];
    for (int p = 0; p < kTilePixels; ++p) values[p] = static_cast<std::uint32_t>(*pixels[p]++);
    pack(values, words);
  }
  for (int p = 0; p < kTilePixels; ++p) pixels[p] += step;
}

extern "C" [[gnu::weak]] void thimble_pack_lines(const std::int8_t* pixel, std::uint32_t* words,
                                                 std::int32_t count, std::int32_t window_step,
                                                 std::int32_t lines, std::int32_t line_step) {
  const std::int8_t* pixels[kTilePixels];
  for (int p = 0; p < kTilePixels; ++p) pixels[p] = pixel + p * window_step;
  for (; lines > 0; --lines, words += count * kTileWords)
    thimble_pack_words(pixels, words, count, line_step);
}

extern "C" [[gnu::weak]] void thimble_packed_tile(PackedTile* tile) {
  for (; tile->groups.fours > 0; --tile->groups.fours) compute_group(*tile, 4);
  for (; tile->groups.twos > 0; --tile->groups.twos) compute_group(*tile, 2);
}

extern "C" [[gnu::weak]] void thimble_whole_tile(const WholeTile* tile) {
  const std::int8_t* weights = tile->weights;
  for (int first = 0; first < tile->channels; first += kChannelGroup) {
    const int left = tile->channels - first;
    const int group = left > 2 ? kChannelGroup : 2;
    std::uint32_t sums[kTileWords * kChannelGroup];
    sum_products(tile->words, tile->words_end, weights, group, sums);
    for (int c = 0; c < group && c < left; ++c) {
      std::uint32_t values[kTilePixels];
      unpack(sums + c * kTileWords, values);
      for (int p = 0; p < kTilePixels; ++p) {
        tile->output[p * tile->pitch + first + c] = static_cast<std::int8_t>(from_threshold(
            values[p], tile->scales[first + c], tile->lowest, tile->lowest + tile->outputs - 1));
      }
    }
  }
}

extern "C" [[gnu::weak]] void thimble_whole_tile_unsigned(const WholeTile* tile) {
  thimble_whole_tile(tile);
}

}  // namespace thimble::microkernels
