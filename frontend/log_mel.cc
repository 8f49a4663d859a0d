// See log_mel.h.
#include "frontend/log_mel.h"

#include <algorithm>
#include <array>

#include "frontend/mel.h"

namespace thimble {
namespace {

using Filters = tables::MelFilters<kMelBands, kLowestHertz, kHighestHertz>;

constexpr std::size_t kQuarterTurn = kWindowSamples / 4;
constexpr int kStepsPerOctave = 8;
constexpr int kMiddle = 336;  // The level 0: 2^42, the middle of the 96 dB that int8 spans.

// 64 * sample * Hann; the window is (1 - cos) / 2 and symmetric.
constexpr std::int32_t windowed(std::int16_t sample, std::size_t n) {
  constexpr std::int64_t kOne = std::int64_t{1} << 31;
  constexpr std::size_t kHalfTurn = kWindowSamples / 2;
  const std::size_t turn = n < kHalfTurn ? n : kWindowSamples - n;
  const std::int64_t cosine = turn < kHalfTurn ? tables::kSine[turn + kQuarterTurn] : -kOne;
  return static_cast<std::int32_t>((sample * (kOne - cosine)) >> 26);
}

std::int8_t level(std::uint64_t weighted) {
  if (weighted == 0) return -128;
  const std::int32_t log2 = log2_q16(weighted) + ((kPowerShift - kWeightBits) << 16);
  const std::int32_t steps = ((log2 * kStepsPerOctave + (1 << 15)) >> 16) - kMiddle;
  return static_cast<std::int8_t>(std::clamp<std::int32_t>(steps, -128, 127));
}

}  // namespace

void log_mel_frame(std::span<const std::int16_t, kWindowSamples> window,
                   std::span<std::int8_t, kMelBands> levels) {
  const Spectrum spectrum([&](std::size_t n) { return windowed(window[n], n); });
  const auto energies = band_energies<Filters>(spectrum);
  for (std::size_t band = 0; band < kMelBands; ++band) levels[band] = level(energies[band]);
}

void log_mel_patch(std::span<const std::int16_t> clip, PatchSpan patch) {
  for (std::size_t frame = 0; frame < kPatchFrames; ++frame) {
    std::array<std::int16_t, kWindowSamples> window{};
    const std::size_t begin = std::min(frame * kHopSamples, clip.size());
    const std::size_t count = std::min(kWindowSamples, clip.size() - begin);
    std::ranges::copy(clip.subspan(begin, count), window.begin());
    std::array<std::int8_t, kMelBands> levels;
    log_mel_frame(window, levels);
    for (std::size_t band = 0; band < kMelBands; ++band) {
      patch[band * kPatchFrames + frame] = levels[band];
    }
  }
}

void push_frame(std::span<const std::int8_t, kMelBands> levels, PatchSpan patch) {
  for (std::size_t band = 0; band < kMelBands; ++band) {
    const auto row = patch.subspan(band * kPatchFrames, kPatchFrames);
    std::ranges::copy(row.subspan(1), row.begin());
    row.back() = levels[band];
  }
}

}  // namespace thimble
