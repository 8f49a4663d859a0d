// See mfcc.h.
#include "frontend/mfcc.h"

#include <algorithm>

#include "frontend/mel.h"

namespace thimble::mfcc {
namespace {

using Filters = tables::MelFilters<kBands, 20, 4000>;

constexpr int kFraction = 4;  // bits of a frame below a step
/// Power below which nothing is heard: 1e-7, where full scale is 1, as an energy of
/// band_energies().
constexpr std::uint64_t kFloor = 7'036'874;

/// kHann[n] = (1 - cos(2 pi n / 479)) / 2 in Q16, the first half of a symmetric window.
constexpr auto kHann = [] {
  std::array<std::uint16_t, kWindowSamples / 2> table{};
  for (std::size_t n = 0; n < table.size(); ++n) {
    const double angle = 2.0 * tables::kPi * static_cast<double>(n) / (kWindowSamples - 1);
    const double cosine = angle < tables::kPi / 2 ? tables::sine(tables::kPi / 2 - angle)
                                                  : -tables::sine(angle - tables::kPi / 2);
    const std::int64_t value = tables::nearest((1.0 - cosine) * 32768.0);
    table[n] = static_cast<std::uint16_t>(std::min<std::int64_t>(value, 65535));
  }
  return table;
}();

/// kCosines[k][b] = 4 * 2^kFraction * sqrt(2 / 40) * cos(pi k (b + 1/2) / 40) in Q11.
constexpr int kCosineBits = 11;
constexpr auto kCosines = [] {
  constexpr double kScale = 64.0 * 0.22360679774997896964;
  constexpr std::size_t kHalfTurn = 2 * kBands;
  std::array<std::array<std::int16_t, kBands>, kCoefficients> table{};
  for (std::size_t k = 0; k < kCoefficients; ++k) {
    for (std::size_t b = 0; b < kBands; ++b) {
      const std::size_t turn = k * (2 * b + 1) % (2 * kHalfTurn);
      const std::size_t folded = turn > kHalfTurn ? 2 * kHalfTurn - turn : turn;
      const double angle = tables::kPi * static_cast<double>(folded) / kHalfTurn;
      const bool positive = 2 * folded <= kHalfTurn;
      const double size =
          positive ? tables::sine(tables::kPi / 2 - angle) : tables::sine(angle - tables::kPi / 2);
      const auto value =
          static_cast<std::int16_t>(tables::nearest(size * kScale * (1 << kCosineBits)));
      table[k][b] = static_cast<std::int16_t>(positive ? value : -value);
    }
  }
  return table;
}();

// 64 * sample * Hann.
constexpr std::int32_t windowed(std::int16_t sample, std::size_t n) {
  const std::uint16_t hann = kHann[n < kHann.size() ? n : kWindowSamples - 1 - n];
  return (std::int32_t{sample} * hann) >> 10;
}

constexpr std::int32_t rounded(std::int64_t value, int bits) {
  return static_cast<std::int32_t>((value + (std::int64_t{1} << (bits - 1))) >> bits);
}

}  // namespace

Frame make_frame(std::span<const std::int16_t, kWindowSamples> window) {
  const Spectrum spectrum(
      [&](std::size_t n) { return n < kWindowSamples ? windowed(window[n], n) : 0; });
  std::array<std::int32_t, kBands> levels;
  std::ranges::transform(band_energies<Filters>(spectrum), levels.begin(),
                         [](std::uint64_t energy) { return log2_q16(energy + kFloor); });
  Frame frame;
  for (std::size_t k = 0; k < kCoefficients; ++k) {
    std::int64_t sum = 0;
    for (std::size_t b = 0; b < kBands; ++b) {
      // The mean over the frames takes constants off; without 2^36 coefficient 0 fits 16 bits.
      sum += std::int64_t{levels[b] - (36 << 16)} * kCosines[k][b];
    }
    const std::int32_t coefficient = rounded(sum, 16 + kCosineBits);
    frame[k] = static_cast<std::int16_t>(std::clamp<std::int32_t>(coefficient, -32768, 32767));
  }
  return frame;
}

void make_patch(std::span<const Frame, kFrames> frames, std::size_t oldest, PatchSpan patch) {
  constexpr std::int32_t kDivisor = kFrames << kFraction;
  for (std::size_t k = 0; k < kCoefficients; ++k) {
    std::int32_t sum = 0;
    for (const Frame& frame : frames) sum += frame[k];
    for (std::size_t i = 0; i < kFrames; ++i) {
      const Frame& frame = frames[(oldest + i) % kFrames];
      const std::int32_t scaled = frame[k] * std::int32_t{kFrames} - sum;
      const std::int32_t half = scaled < 0 ? -kDivisor / 2 : kDivisor / 2;
      const std::int32_t steps = (scaled + half) / kDivisor;
      patch[i * kCoefficients + k] =
          static_cast<std::int8_t>(std::clamp<std::int32_t>(steps, -128, 127));
    }
  }
}

void clip_patch(std::span<const std::int16_t> clip, PatchSpan patch) {
  std::array<Frame, kFrames> frames;
  for (std::size_t i = 0; i < kFrames; ++i) {
    std::array<std::int16_t, kWindowSamples> window{};
    const std::size_t begin = std::min(i * kHopSamples, clip.size());
    const std::size_t count = std::min(kWindowSamples, clip.size() - begin);
    std::ranges::copy(clip.subspan(begin, count), window.begin());
    frames[i] = make_frame(window);
  }
  make_patch(frames, 0, patch);
}

}  // namespace thimble::mfcc
