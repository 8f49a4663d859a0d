// The innermost part of convolutions: a few windows, whose taps lie one after the other, times all
// output channels. It exists in assembly for the cores we know (rv32im/) and plainly for any other
// (reference/), which says what it means.
#pragma once

#include <cstddef>
#include <cstdint>

namespace thimble::microkernels {

/// Windows that share each weight that is loaded.
inline constexpr int kTilePixels = 3;
/// Taps of the longest run of packed weights.
inline constexpr int kLongestRun = 16;
/// Output channels are computed in groups of this many, those left at the end in pairs.
inline constexpr int kChannelGroup = 4;
/// Larger ones, where there is only one window.
inline constexpr int kLineGroup = 12;

/// The field's order is known to the assembly. Pointers advance as channels are done.
struct Tile {
  const std::int8_t* pixels[kTilePixels];  ///< windows
  std::int8_t* outputs[kTilePixels];       ///< the first channel of each
  const std::byte* weights;
  const std::uint8_t* runs;
  const std::int32_t* biases;
  const std::uint32_t* scales;
  std::uint32_t
      scale_step;         ///< bytes from one channel's scale to the next: 4, or 0 if all share one
  std::int32_t channels;  ///< left to compute, at least 1
  std::int32_t twice_zero_point;  ///< and 1: with a half for rounding
  std::int32_t lowest;
  std::int32_t highest;
  std::int32_t double_round;  ///< 0 or 1
  std::int32_t symmetric;     ///< RequantizationForm::kSymmetric
};

/// Packed weights. Group by group of channels, tap by tap, a word for each pair of them: w0 + (w1
/// << 16). `runs` has, for each group, the lengths of its runs of taps, then 0. In each run both
/// sums of products fit 16 bits, for any input. Biases are padded to an even count.
extern "C" void thimble_packed_tile_1(Tile* tile);
extern "C" void thimble_packed_tile_2(Tile* tile);
extern "C" void thimble_packed_tile_3(Tile* tile);

/// The same for one window, with groups of kLineGroup channels before those of four.
extern "C" void thimble_packed_line(Tile* tile);

/// Sums of products of two windows and four channels from one byte a weight: `weights` has a word a
/// tap, with 128 added to each weight, those of channels 0, 2, 1, 3 from the lowest byte on. In
/// each run of `run_taps` the sums fit 16 bits, for any input. `sums`: 4 of the first window, 4 of
/// the second.
extern "C" void thimble_unpacked_sums(const std::int8_t* pixel0, const std::int8_t* pixel1,
                                      const std::uint32_t* weights, std::uint32_t taps,
                                      std::uint32_t run_taps, std::int32_t* sums);

}  // namespace thimble::microkernels
