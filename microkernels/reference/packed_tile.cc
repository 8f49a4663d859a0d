// Tiles with packed weights, plainly: word by word as the assembly does it, so that a run that is
// too long shows here too. Weak: an instruction set's own tile takes its place.
#include "microkernels/requantize.h"
#include "microkernels/tile.h"

namespace thimble::microkernels {
namespace {

constexpr std::uint32_t kHalf = 0x8000;
constexpr int kLengthBits = 4;
constexpr std::uint32_t kLengthMask = 15;

// Lengths of a row's runs, one after the other.
class Runs {
 public:
  Runs(const std::uint32_t* words, int taps) : next_(words), left_(taps) {}
  // 0 at the end.
  int length() {
    if (left_ == 0) return 0;
    if (word_ == 0) word_ = *next_++;
    const auto length = static_cast<int>(word_ & kLengthMask);
    word_ >>= kLengthBits;
    left_ -= length;
    return length;
  }
  [[nodiscard]] const std::uint32_t* next_row() const { return next_; }

 private:
  const std::uint32_t* next_;
  std::uint32_t word_ = 0;
  int left_;
};

// What the assembly keeps in registers or in Tile::work.
struct Progress {
  const std::byte* weights;
  const std::uint32_t* runs;
  const std::int32_t* biases;
  const std::uint32_t* scales;
  std::int8_t* output;
  std::int32_t channels;
};

// The sums of one pair of channels over all runs, biases included.
struct Pair {
  std::int32_t lower;
  std::int32_t upper;
};

Pair sum_runs(const Tile& tile, const std::int8_t* pixel, const std::byte* weights, int pairs,
              const std::uint32_t* words, const std::int32_t* biases) {
  auto low = static_cast<std::uint32_t>(biases[0]);
  auto high = static_cast<std::uint32_t>(biases[1]);
  for (int row = 0; row < tile.rows; ++row, pixel += tile.row_step) {
    Runs runs(words, tile.row_taps);
    for (int length = runs.length(); length != 0; length = runs.length()) {
      std::uint32_t run = 0;
      for (int tap = 0; tap < length; ++tap, ++pixel, weights += 4 * pairs)
        run +=
            static_cast<std::uint32_t>(*pixel) * *reinterpret_cast<const std::uint32_t*>(weights);
      high += static_cast<std::uint32_t>(static_cast<std::int32_t>(run + kHalf) >> 16);
      low += run;
    }
    words = runs.next_row();
  }
  return {static_cast<std::int32_t>(low - (high << 16)), static_cast<std::int32_t>(high)};
}

std::int8_t requantized(const Tile& tile, std::int32_t value, std::uint32_t multiplier) {
  const auto shifted = static_cast<std::int32_t>(static_cast<std::uint32_t>(tile.twice_zero_point)
                                                 << (multiplier % 32));
  std::int32_t result =
      scaled(value, multiplier, (shifted >> 1) + tile.double_round, tile.symmetric != 0);
  result = result < tile.lowest ? tile.lowest : result;
  result = result > tile.highest ? tile.highest : result;
  return static_cast<std::int8_t>(result);
}

void compute_group(const Tile& tile, Progress& progress, int pixels, int pairs) {
  const auto next_scale = [&] {
    const std::uint32_t scale = *progress.scales;
    progress.scales += tile.scale_step / sizeof(std::uint32_t);
    return scale;
  };
  for (int pair = 0; pair < pairs; ++pair) {
    Pair sums[kTilePixels];
    for (int p = 0; p < pixels; ++p) {
      sums[p] = sum_runs(tile, tile.pixels[p], progress.weights + 4 * pair, pairs, progress.runs,
                         progress.biases + 2 * pair);
    }
    const std::uint32_t lower_scale = next_scale();
    for (int p = 0; p < pixels; ++p)
      progress.output[p * tile.pitch + 2 * pair] = requantized(tile, sums[p].lower, lower_scale);
    if (progress.channels == 1) return;
    const std::uint32_t upper_scale = next_scale();
    for (int p = 0; p < pixels; ++p)
      progress.output[p * tile.pitch + 2 * pair + 1] =
          requantized(tile, sums[p].upper, upper_scale);
  }
  for (int row = 0; row < tile.rows; ++row) {
    Runs runs(progress.runs, tile.row_taps);
    while (runs.length() != 0) {
    }
    progress.runs = runs.next_row();
  }
  progress.weights += 4 * pairs * tile.rows * tile.row_taps;
  progress.biases += 2 * pairs;
  progress.output += 2 * pairs;
}

void compute(Tile& tile, int pixels, int group = kChannelGroup) {
  for (;; --tile.tiles) {
    Progress progress{tile.weights, tile.runs,   tile.biases,
                      tile.scales,  tile.output, tile.channels};
    while (progress.channels > 0) {
      const int pairs = progress.channels >= group           ? group / 2
                        : progress.channels >= kChannelGroup ? kChannelGroup / 2
                                                             : 1;
      compute_group(tile, progress, pixels, pairs);
      progress.channels -= 2 * pairs;
    }
    if (tile.tiles == 1) return;
    for (int p = 0; p < pixels; ++p) tile.pixels[p] += tile.pixel_step;
    tile.output += pixels * tile.pitch;
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
