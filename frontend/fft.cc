// See fft.h.
#include "frontend/fft.h"

#include "frontend/tables.h"

namespace thimble {
namespace {

constexpr std::size_t kQuarterTurn = kWindowSamples / 4;

// a * b with b in Q31, |a| <= 2^29. Only the high word is used: one multiply on RV32, for the last
// bit.
constexpr std::int32_t scale(std::int32_t a, std::int32_t b) {
  const std::int32_t doubled = a * 2;
  return static_cast<std::int32_t>((std::int64_t{doubled} * b) >> 32);
}

}  // namespace

// value * exp(-2 pi i turn / 512), turn in 0..255.
Spectrum::Complex Spectrum::rotate(Complex value, std::size_t turn) {
  const std::int32_t cosine = tables::kSine[turn + kQuarterTurn];
  const std::int32_t sine = tables::kSine[turn];
  return {scale(value.re, cosine) + scale(value.im, sine),
          scale(value.im, cosine) - scale(value.re, sine)};
}

void Spectrum::transform() {
  for (std::size_t half = 1; half < kBins; half *= 2) {
    const std::size_t step = kWindowSamples / 2 / half;  // In 512ths of a turn.
    for (std::size_t offset = 0; offset < half; ++offset) {
      for (std::size_t i = offset; i < kBins; i += 2 * half) {
        const Complex a = pairs_[i];
        const Complex b = rotate(pairs_[i + half], offset * step);
        pairs_[i] = {a.re + b.re, a.im + b.im};
        pairs_[i + half] = {a.re - b.re, a.im - b.im};
      }
    }
  }
}

std::uint64_t Spectrum::power(std::size_t bin) const {
  // Symmetry takes the spectra of the even and of the odd samples apart again.
  const Complex a = pairs_[bin];
  const Complex b = pairs_[(kBins - bin) % kBins];
  const Complex even = {(a.re + b.re) >> 1, (a.im - b.im) >> 1};
  const Complex odd = rotate({(a.im + b.im) >> 1, (b.re - a.re) >> 1}, bin);
  const std::int64_t re = even.re + odd.re;
  const std::int64_t im = even.im + odd.im;
  return static_cast<std::uint64_t>(re * re + im * im);
}

}  // namespace thimble
