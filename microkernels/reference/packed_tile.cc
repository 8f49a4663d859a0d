// Tiles with packed weights, plainly: word by word as the assembly does it, so that a run that is
// too long shows here too. Weak: an instruction set's own tile takes its place.
#include "microkernels/requantize.h"
#include "microkernels/tile.h"

namespace thimble::microkernels {
namespace {

constexpr std::uint32_t kHalf = 0x8000;

// Both sums of one pair of channels over all runs.
struct Pair {
  std::int32_t lower;
  std::int32_t upper;
};

Pair sum_runs(const std::int8_t* pixel, const std::byte* weights, int pairs,
              const std::uint8_t* runs) {
  std::uint32_t words = 0;
  std::uint32_t upper = 0;
  for (; *runs != 0; ++runs) {
    std::uint32_t run = 0;
    for (int tap = 0; tap < *runs; ++tap, ++pixel, weights += 4 * pairs)
      run += static_cast<std::uint32_t>(*pixel) * *reinterpret_cast<const std::uint32_t*>(weights);
    upper += static_cast<std::uint32_t>(static_cast<std::int32_t>(run + kHalf) >> 16);
    words += run;
  }
  return {static_cast<std::int32_t>(words - (upper << 16)), static_cast<std::int32_t>(upper)};
}

std::int8_t requantized(const Tile& tile, std::int32_t value, std::uint32_t multiplier) {
  const std::int32_t offset =
      (static_cast<std::int32_t>(static_cast<std::uint32_t>(tile.twice_zero_point)
                                 << (multiplier % 32)) >>
       1) +
      tile.double_round;
  std::int32_t result = scaled(value, multiplier, offset, tile.symmetric != 0);
  result = result < tile.lowest ? tile.lowest : result;
  result = result > tile.highest ? tile.highest : result;
  return static_cast<std::int8_t>(result);
}

// The scale of the next channel.
std::uint32_t next_scale(Tile& tile) {
  const std::uint32_t scale = *tile.scales;
  tile.scales += tile.scale_step / sizeof(std::uint32_t);
  return scale;
}

void group(Tile& tile, int pixels, int pairs) {
  for (int pair = 0; pair < pairs; ++pair) {
    Pair sums[kTilePixels];
    for (int p = 0; p < pixels; ++p)
      sums[p] = sum_runs(tile.pixels[p], tile.weights + 4 * pair, pairs, tile.runs);
    const std::uint32_t lower_scale = next_scale(tile);
    for (int p = 0; p < pixels; ++p)
      *tile.outputs[p]++ = requantized(tile, sums[p].lower + tile.biases[0], lower_scale);
    if (tile.channels == 1) return;
    const std::uint32_t upper_scale = next_scale(tile);
    for (int p = 0; p < pixels; ++p)
      *tile.outputs[p]++ = requantized(tile, sums[p].upper + tile.biases[1], upper_scale);
    tile.biases += 2;
  }
  for (; *tile.runs != 0; ++tile.runs) tile.weights += 4 * pairs * *tile.runs;
  ++tile.runs;
}

void compute(Tile& tile, int pixels, int group_size = kChannelGroup) {
  while (tile.channels > 0) {
    const int pairs = tile.channels >= group_size      ? group_size / 2
                      : tile.channels >= kChannelGroup ? kChannelGroup / 2
                                                       : 1;
    group(tile, pixels, pairs);
    tile.channels -= 2 * pairs;
  }
}

}  // namespace

extern "C" [[gnu::weak]] void thimble_packed_tile_1(Tile* tile) {
  compute(*tile, 1);
}
extern "C" [[gnu::weak]] void thimble_packed_tile_2(Tile* tile) {
  compute(*tile, 2);
}
extern "C" [[gnu::weak]] void thimble_packed_tile_3(Tile* tile) {
  compute(*tile, 3);
}

extern "C" [[gnu::weak]] void thimble_packed_line(Tile* tile) {
  compute(*tile, 1, kLineGroup);
}

}  // namespace thimble::microkernels
