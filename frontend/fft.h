// Spectrum of one window of real samples: a 256-point complex FFT on the samples taken in pairs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "frontend/log_mel.h"

namespace thimble {

/// Transforms 512 samples; holds the result, 2 KB. Nothing can overflow: no value on the way
/// exceeds 2^6 * 2^15 * 256 = 2^29. Callable from any context.
class Spectrum {
 public:
  static constexpr std::size_t kBins = kWindowSamples / 2;  ///< 0 Hz up; Nyquist is left out.

  explicit Spectrum(std::span<const std::int16_t, kWindowSamples> window);

  /// |sum over n of 64 window[n] hann[n] exp(-2 pi i bin n / 512)|^2, below 2^59.
  [[nodiscard]] std::uint64_t power(std::size_t bin) const;

 private:
  struct Complex {
    std::int32_t re;
    std::int32_t im;
  };
  static Complex rotate(Complex value, std::size_t turn);

  std::array<Complex, kBins> pairs_;  // Transform of window[2 n] + i window[2 n + 1].
};

}  // namespace thimble
