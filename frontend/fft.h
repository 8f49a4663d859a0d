// Spectrum of one window of real samples: a 256-point complex FFT on the samples taken in pairs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "frontend/log_mel.h"

namespace thimble {

/// Transforms 512 values; holds the result, 2 KB. Nothing can overflow: no value on the way exceeds
/// 2^21 * 256 = 2^29. Callable from any context.
class Spectrum {
 public:
  static constexpr std::size_t kBins = kWindowSamples / 2;  ///< 0 Hz up; Nyquist is left out.

  /// `value(n)` is the sample n of 512 with its window applied, at most 2^21.
  template <typename Value>
  explicit Spectrum(Value value) {
    for (std::size_t i = 0; i < kBins; ++i) {
      pairs_[reverse_bits(i)] = {value(2 * i), value(2 * i + 1)};
    }
    transform();
  }

  /// |sum over n of value(n) exp(-2 pi i bin n / 512)|^2, below 2^59.
  [[nodiscard]] std::uint64_t power(std::size_t bin) const;

 private:
  struct Complex {
    std::int32_t re;
    std::int32_t im;
  };
  static constexpr std::size_t reverse_bits(std::size_t index) {
    std::size_t reversed = 0;
    for (std::size_t bit = 1; bit < kBins; bit *= 2, index /= 2) {
      reversed = reversed * 2 + index % 2;
    }
    return reversed;
  }
  void transform();
  static Complex rotate(Complex value, std::size_t turn);

  std::array<Complex, kBins> pairs_;  // Transform of value(2 n) + i value(2 n + 1).
};

}  // namespace thimble
