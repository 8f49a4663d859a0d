// The innermost part of convolutions: a few windows, whose taps lie one after the other, times all
// output channels. It exists in assembly for the cores we know (rv32im/) and plainly for any other
// (reference/), which says what it means.
#pragma once

#include <cstddef>
#include <cstdint>

namespace thimble::microkernels {

/// Windows that share each weight that is loaded.
inline constexpr int kTilePixels = 3;
/// The same where weights are not packed.
inline constexpr int kUnpackedPixels = 2;
/// Taps of the longest run of packed weights.
inline constexpr int kLongestRun = 14;
/// Output channels are computed in groups of this many, those left at the end in pairs.
inline constexpr int kChannelGroup = 4;
/// Larger ones, where there is only one window.
inline constexpr int kLineGroup = 12;

/// The fields' order is known to the assembly.
struct Tile {
  const std::int8_t* pixels[kTilePixels];  ///< windows; the next tile's when done
  std::int8_t* output;                     ///< of the first window; the next tile's when done
  std::int32_t pitch;                      ///< bytes from one window's outputs to the next's
  const std::byte* weights;
  const std::uint32_t* runs;
  const std::int32_t* biases;
  const std::uint32_t* scales;
  std::uint32_t
      scale_step;         ///< bytes from one channel's scale to the next: 4, or 0 if all share one
  std::int32_t channels;  ///< at least 1
  std::int32_t twice_zero_point;  ///< and 1: with a half for rounding
  std::int32_t lowest;
  std::int32_t highest;
  std::int32_t double_round;  ///< 0 or 1
  std::int32_t symmetric;     ///< RequantizationForm::kSymmetric
  std::int32_t tiles;         ///< how many, one after the other, at least 1; 1 when done
  std::int32_t pixel_step;    ///< bytes from a tile's windows to the next one's
  std::int32_t rows;          ///< of a window
  std::int32_t row_taps;      ///< in each of them, one after the other
  std::int32_t row_step;      ///< bytes from a row's end to the next row
  std::uintptr_t work[5];     ///< the function's own
};

/// Packed weights. Group by group of channels, tap by tap, a word for each pair of them: w0 + (w1
/// << 16). In each run of taps both sums of products fit 16 bits, for any input. `runs` has, for
/// each group, words of the runs' lengths, 4 bits each from the lowest on, ended by 0; after seven
/// lengths kNextWord, if there are more. `biases` has for each pair the words b0 + (b1 << 16) and
/// b1.
extern "C" void thimble_packed_tile_1(Tile* tile);
extern "C" void thimble_packed_tile_2(Tile* tile);
extern "C" void thimble_packed_tile_3(Tile* tile);

/// The same for one window and one tile, with groups of kLineGroup channels before those of four.
extern "C" void thimble_packed_line(Tile* tile);

/// Sums of products of two windows and four channels from one byte a weight: `weights` has a word a
/// tap, with 128 added to each weight, those of channels 0, 2, 1, 3 from the lowest byte on. In
/// each run of `run_taps` the sums fit 16 bits, for any input. `sums`: 4 of the first window, 4 of
/// the second.
extern "C" void thimble_unpacked_sums(const std::int8_t* pixel0, const std::int8_t* pixel1,
                                      const std::uint32_t* weights, std::uint32_t taps,
                                      std::uint32_t run_taps, std::int32_t* sums);
/// The same for the first window alone; `pixel1` is not used, `sums` are 4.
extern "C" void thimble_unpacked_sums_1(const std::int8_t* pixel0, const std::int8_t* pixel1,
                                        const std::uint32_t* weights, std::uint32_t taps,
                                        std::uint32_t run_taps, std::int32_t* sums);

}  // namespace thimble::microkernels
