// The innermost parts of convolutions: windows, whose taps lie one after the other, times all
// output channels. They exist in assembly for the cores we know (rv32im/) and plainly for any other
// (reference/), which says what they mean.
#pragma once

#include <cstddef>
#include <cstdint>

#include "microkernels/requantize.h"

namespace thimble::microkernels {

/// Windows that are computed together.
inline constexpr int kTilePixels = 8;
/// Words that hold a tap of all of them.
inline constexpr int kTileWords = 5;
/// Bits that a window's sum may have between the first and the last tap of a segment.
inline constexpr int kFieldBits = 20;
/// Most taps of a segment.
inline constexpr int kSegmentTaps = 72;
/// The taps of a segment are padded to a multiple.
inline constexpr int kUnrolledTaps = 4;
/// Output channels are computed in groups of this many, two that are left at the end as a group of
/// their own. The last one of an odd number is computed with a channel of zeros.
inline constexpr int kChannelGroup = 4;

struct ChannelGroups {
  std::int32_t fours;
  std::int32_t twos;
};
constexpr ChannelGroups channel_groups(int channels) {
  const int pairs = (channels + 1) / 2;
  return {pairs / 2, pairs % 2};
}

/// Packs `count` taps of eight windows x0 to x7, five words each, modulo 2^32:
///
///   x0 + 2^20 x3    x1 + 2^20 x4    x2 + 2^20 x5    x6 + 2^8 x3 + 2^16 x4    x7 + 2^8 x5 + 2^12 x4
///
/// A sum of words times weights is, by the same formulas, that of the windows' sums. As long as
/// those have 20 bits, they can be told from it: each word has 20 bits of one of them, the first
/// three have 12 bits of another, and the 8 bits that these lack are left in the last two words
/// when what is known is taken off. The pointers are left `step` behind the last tap.
extern "C" void thimble_pack_words(const std::int8_t** pixels, std::uint32_t* words,
                                   std::int32_t count, std::int32_t step);
/// The same for windows that begin `window_step` after one another, the first one at `pixel`, and
/// `lines` times `count` taps, the next line's `line_step` behind those of the last.
extern "C" void thimble_pack_lines(const std::int8_t* pixel, std::uint32_t* words,
                                   std::int32_t count, std::int32_t window_step, std::int32_t lines,
                                   std::int32_t line_step);

/// The fields' order is known to the assembly.
struct PackedTile {
  const std::uint32_t* words;  ///< of a segment of taps, a multiple of kUnrolledTaps
  const std::uint32_t* words_end;
  const std::int8_t* weights;  ///< [group][tap][channel of the group]; those behind when done
  ChannelGroups groups;        ///< 0 when done
  std::int32_t channels;       ///< changed
  std::int32_t windows;        ///< 0 if all have outputs; else how many
  std::int32_t is_first;       ///< of the segments: it is added to the biases, else to the sums
  std::int32_t is_last;        ///< it makes outputs, else sums
  std::int32_t* sums;          ///< [channel][window]; those behind when done
  const std::int32_t* biases;  ///< one a channel; those behind when done with the first segment
  const std::uint32_t* scales;
  std::uint32_t
      scale_step;  ///< bytes from one channel's scale to the next: 4, or 0 if all share one
  std::int32_t twice_zero_point;  ///< and 1: with a half for rounding
  std::int32_t lowest;
  std::int32_t highest;
  std::int32_t double_round;  ///< 0 or 1
  std::int32_t symmetric;     ///< RequantizationForm::kSymmetric
  std::int8_t* output;        ///< of the first window; that behind when done
  std::int32_t pitch;         ///< bytes from one window's outputs to the next's
  std::uint32_t work[kTileWords * kChannelGroup + kTilePixels];  ///< the function's own
};

/// Each segment counts 2^19 more for each window and channel than it has.
extern "C" void thimble_packed_tile(PackedTile* tile);

/// Where all taps are one segment. The fields' order is known to the assembly.
struct WholeTile {
  const std::uint32_t* words;  ///< of all taps, padded to a multiple of kUnrolledTaps
  const std::uint32_t* words_end;
  const std::int8_t* weights;  ///< as a PackedTile has them
  const ThresholdScale* scales;
  std::int8_t* output;    ///< of the first of eight windows, all of which have outputs
  std::int32_t pitch;     ///< bytes from one window's outputs to the next's
  std::int32_t channels;  ///< at least 1
  std::int32_t lowest;
  std::int32_t outputs;  ///< from the lowest to the highest
};

/// Outputs of all channels.
extern "C" void thimble_whole_tile(const WholeTile* tile);
/// The same where the lowest output is 0.
extern "C" void thimble_whole_tile_unsigned(const WholeTile* tile);

/// Windows that share each weight that is loaded where weights are not packed.
inline constexpr int kUnpackedPixels = 2;
/// Taps of the longest run of packed weights.
inline constexpr int kLongestRun = 14;
/// Output channels of one window are computed in groups of this many, then of four, those left at
/// the end in pairs.
inline constexpr int kLineGroup = 12;

/// One window. The fields' order is known to the assembly, which changes them.
struct Line {
  const std::int8_t* pixel;
  std::int8_t* output;
  const std::byte* weights;
  const std::uint8_t* runs;
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
};

/// Packed weights. Group by group of channels, tap by tap, a word for each pair of them: w0 + (w1
/// << 16). In each run of taps both sums of products fit 16 bits, for any input. `runs` has the
/// runs' lengths, for each group, ended by 0. `biases` has for each pair the words b0 + (b1 << 16)
/// and b1.
extern "C" void thimble_packed_line(Line* line);

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
