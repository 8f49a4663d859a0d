// Two products per multiplication: weights of two output channels packed into one word, w0 + (w1 <<
// 16), and the proof of how many taps may be added up before the halves of the sum must be taken
// apart.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace thimble::offload {

/// Weights of one output channel, tap by tap.
using ChannelWeights = std::span<const std::int8_t>;

/// What the sum of products with any int8 inputs can be.
struct SumRange {
  int lowest;
  int highest;
};
[[nodiscard]] SumRange sum_range(ChannelWeights run);

/// Whether the sum of products with any int8 inputs fits 16 bits. That makes splitting exact: of a
/// word s = s0 + s1 * 2^16 with both sums in [-2^15, 2^15), s1 is (s + 2^15) >> 16, and no bit of s
/// is lost.
[[nodiscard]] bool fits_half(ChannelWeights run);

/// Lengths of runs of taps, as long as all the channels allow, at most kLongestRun, and 0
/// (microkernels/tile.h).
[[nodiscard]] std::vector<std::uint8_t> run_lengths(std::span<const ChannelWeights> channels);

/// Words of a group of channels, tap by tap, pair by pair; an odd channel is paired with zeros.
[[nodiscard]] std::vector<std::uint32_t> packed(std::span<const ChannelWeights> channels);

/// The longest length of which all runs of taps fit, at most 255.
[[nodiscard]] std::uint8_t even_run_length(std::span<const ChannelWeights> channels);

/// Four channels in one word a tap, as thimble_unpacked_sums opens them (microkernels/tile.h).
[[nodiscard]] std::vector<std::uint32_t> unpacked(std::span<const ChannelWeights> channels);

}  // namespace thimble::offload
