// From 32-bit accumulators back to int8: TOSA's RESCALE with 32-bit scale, then the clamp. Exact by
// definition.
#pragma once

#include <cstdint>

namespace thimble::microkernels {

/// Of one output channel: value = (accumulator + bias) * multiplier / 2^shift.
struct Channel {
  std::int32_t bias;
  std::int32_t multiplier;
  std::int32_t shift;  ///< 2 to 62
};

/// Of a layer's output. The clamp has the saturation of int8 in it.
struct Output {
  std::int16_t zero_point;
  std::int8_t lowest;
  std::int8_t highest;
  bool double_round;  ///< TOSA's DOUBLE_ROUND: as if rounded at 2^31 first, halves away from zero
};

/// TOSA 1.0's apply_scale_32, zero point and clamp, as the specification has them.
inline std::int8_t requantize(std::int32_t accumulator, const Channel& channel,
                              const Output& output) {
  const std::int32_t value = accumulator + channel.bias;
  std::int64_t round = std::int64_t{1} << (channel.shift - 1);
  if (output.double_round && channel.shift > 31) {
    constexpr std::int64_t kFirstRounding = std::int64_t{1} << 30;
    round += value >= 0 ? kFirstRounding : -kFirstRounding;
  }
  const std::int64_t product = static_cast<std::int64_t>(value) * channel.multiplier;
  std::int32_t result =
      static_cast<std::int32_t>((product + round) >> channel.shift) + output.zero_point;
  result = result < output.lowest ? output.lowest : result;
  result = result > output.highest ? output.highest : result;
  return static_cast<std::int8_t>(result);
}

/// The same for all sums of one channel, without 64-bit shifts where the shift is above 32, as
/// nearly all are.
class Requantizer {
 public:
  Requantizer(const Channel& channel, const Output& output)
      : channel_(channel),
        output_(output),
        is_fast_(channel.shift > 32),
        high_shift_(is_fast_ ? channel.shift - 32 : 0),
        high_round_(is_fast_ ? 1 << (high_shift_ - 1) : 0),
        first_round_(output.double_round ? ~0U : 0U) {}

  std::int8_t operator()(std::int32_t accumulator) const {
    if (!is_fast_) return requantize(accumulator, channel_, output_);
    const std::int32_t value = accumulator + channel_.bias;
    // 2^(shift - 1) + 2^30, or - 2^30 for a negative value, as a high and a low word.
    const std::int32_t sign = value >> 31;
    const std::uint32_t low_round =
        ((static_cast<std::uint32_t>(sign) << 31) ^ (1U << 30)) & first_round_;
    const std::int32_t high_round = high_round_ + (sign & static_cast<std::int32_t>(first_round_));
    const std::int64_t product = static_cast<std::int64_t>(value) * channel_.multiplier;
    const auto low = static_cast<std::uint32_t>(product) + low_round;
    const std::int32_t carry = low < low_round ? 1 : 0;
    const std::int32_t high = static_cast<std::int32_t>(product >> 32) + high_round + carry;
    std::int32_t result = (high >> high_shift_) + output_.zero_point;
    result = result < output_.lowest ? output_.lowest : result;
    result = result > output_.highest ? output_.highest : result;
    return static_cast<std::int8_t>(result);
  }

 private:
  const Channel channel_;
  const Output output_;
  bool is_fast_;
  int high_shift_;
  std::int32_t high_round_;
  std::uint32_t first_round_;
};

}  // namespace thimble::microkernels
