// From 32-bit sums back to int8: TOSA's RESCALE with 32-bit scale, then the clamp. The compiler
// chooses for each layer the cheapest form that it has proved equal to the definition
// (compiler/offload/requantization.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace thimble::microkernels {

/// How `value`, a sum with its bias, becomes an output before the clamp.
enum class RequantizationForm : std::uint8_t {
  kOneSided,   ///< (high word of 2 value times multiplier, plus offset) >> (multiplier modulo 32)
  kSymmetric,  ///< the same, less 2 before the shift for negative values: halves away from zero
  kReference,  ///< TOSA's definition, with a ReferenceScale a channel
  kThreshold   ///< counted from the lowest output on, with a ThresholdScale a channel
};

/// Of RequantizationForm::kReference: value * multiplier / 2^shift.
struct ReferenceScale {
  std::int32_t multiplier;
  std::int32_t shift;  ///< 2 to 62
};

/// How it stands in flash: the multiplier's four bytes, lowest first, and one of the shift.
inline constexpr int kReferenceScaleBytes = 5;

/// Of RequantizationForm::kThreshold, which has bias, rounding and zero point in the threshold. It
/// is for sums of packed windows: 20 bits counted from -2^19 on, as the upper bits of a word. What
/// is not above the threshold gives the lowest output; that much more is (high word of what is
/// above it times multiplier) >> (multiplier modulo 32).
struct ThresholdScale {
  std::uint32_t multiplier;
  std::uint32_t threshold;
};

/// Of a layer. In kOneSided and kSymmetric a scale is one unsigned word: its upper 27 bits times
/// the value, its lower 5 bits the shift; the whole word is the factor.
struct Requantization {
  const void*
      biases;  ///< int32, one an output channel; or its lower three bytes, if they are short
  const void* scales;  ///< words, or as the form has them: one a channel, or one for all
  RequantizationForm form;
  bool per_channel;
  std::int16_t zero_point;
  std::int16_t lowest;   ///< of the clamp, which has the saturation of int8 in it
  std::int16_t highest;  ///< more than an int8 where the output is stored as unsigned
  bool double_round;  ///< TOSA's DOUBLE_ROUND: as if rounded at 2^31 first, halves away from zero
  bool short_biases;  ///< for Requantizer alone
};

/// TOSA 1.0's apply_scale_32, before zero point and clamp, as the specification has it.
constexpr std::int64_t apply_scale(std::int64_t value, std::int64_t multiplier, int shift,
                                   bool double_round) {
  std::int64_t round = std::int64_t{1} << (shift - 1);
  if (double_round && shift > 31) {
    constexpr std::int64_t kFirstRounding = std::int64_t{1} << 30;
    round += value >= 0 ? kFirstRounding : -kFirstRounding;
  }
  return (value * multiplier + round) >> shift;
}

/// What is added to the high word: zero point and rounding.
constexpr std::int32_t rounding_offset(std::uint32_t multiplier, std::int32_t zero_point,
                                       bool double_round) {
  const auto shifted = static_cast<std::int32_t>(static_cast<std::uint32_t>(2 * zero_point + 1)
                                                 << (multiplier % 32));
  return (shifted >> 1) + (double_round ? 1 : 0);
}

/// One value, for kOneSided and kSymmetric. |value| < 2^30.
constexpr std::int32_t scaled(std::int32_t value, std::uint32_t multiplier, std::int32_t offset,
                              bool symmetric) {
  const std::int64_t product =
      static_cast<std::int64_t>(2 * value) * static_cast<std::int64_t>(multiplier);
  auto high = static_cast<std::int32_t>(product >> 32);
  if (symmetric) high += (high >> 31) * 2;
  return (high + offset) >> (multiplier % 32);
}

/// One sum, for kThreshold: `sum` is counted from -2^19 on.
constexpr std::int32_t from_threshold(std::uint32_t sum, const ThresholdScale& scale,
                                      std::int32_t lowest, std::int32_t highest) {
  constexpr int kUnusedBits = 12;
  const std::uint32_t value = sum << kUnusedBits;
  if (value < scale.threshold) return lowest;
  const std::uint64_t product = std::uint64_t{value - scale.threshold} * scale.multiplier;
  const auto above = static_cast<std::uint32_t>(product >> 32) >> (scale.multiplier % 32);
  return above < static_cast<std::uint32_t>(highest - lowest)
             ? lowest + static_cast<std::int32_t>(above)
             : highest;
}

/// Requantizes the sums of one channel, in other forms than kThreshold. Callable from interrupts.
class Requantizer {
 public:
  Requantizer(const Requantization& layer, int channel)
      : layer_(layer), bias_(bias_of(layer, channel)) {
    const int scale = layer.per_channel ? channel : 0;
    if (layer.form == RequantizationForm::kReference) {
      const auto* bytes = static_cast<const std::uint8_t*>(layer.scales) +
                          static_cast<std::ptrdiff_t>(scale) * kReferenceScaleBytes;
      std::memcpy(&multiplier_, bytes, sizeof multiplier_);
      offset_ = bytes[sizeof multiplier_];
      return;
    }
    multiplier_ = static_cast<const std::uint32_t*>(layer.scales)[scale];
    offset_ = rounding_offset(multiplier_, layer.zero_point, layer.double_round);
  }

  [[nodiscard]] std::int8_t operator()(std::int32_t sum) const {
    const std::int32_t value = sum + bias_;
    std::int32_t result =
        layer_.form == RequantizationForm::kReference
            ? reference(value)
            : scaled(value, multiplier_, offset_, layer_.form == RequantizationForm::kSymmetric);
    result = result < layer_.lowest ? layer_.lowest : result;
    result = result > layer_.highest ? layer_.highest : result;
    return static_cast<std::int8_t>(result);
  }

 private:
  static std::int32_t bias_of(const Requantization& layer, int channel) {
    if (!layer.short_biases) return static_cast<const std::int32_t*>(layer.biases)[channel];
    const auto* bytes =
        static_cast<const std::uint8_t*>(layer.biases) + 3 * static_cast<std::ptrdiff_t>(channel);
    const auto high = static_cast<std::int8_t>(bytes[2]);
    return high * 0x10000 + bytes[1] * 0x100 + bytes[0];
  }

  [[nodiscard]] std::int32_t reference(std::int32_t value) const {
    return static_cast<std::int32_t>(apply_scale(value, static_cast<std::int32_t>(multiplier_),
                                                 offset_, layer_.double_round)) +
           layer_.zero_point;
  }

  const Requantization& layer_;
  const std::int32_t bias_;
  std::uint32_t multiplier_ = 0;
  std::int32_t offset_ = 0;  // of kReference, the shift
};

}  // namespace thimble::microkernels
