// See log_mel.h.
#include "frontend/log_mel.h"

#include <algorithm>
#include <array>
#include <bit>

#include "frontend/fft.h"
#include "frontend/tables.h"

namespace thimble {
namespace {

constexpr int kEnergyShift =
    8;  // Taken off the powers so that weights of 12 bits fit: 2^58 -> 2^50 -> 2^62.
constexpr int kWeightBits = 12;
constexpr int kStepsPerOctave = 8;
constexpr int kMiddle = 336;  // The level 0: 2^42, the middle of the 96 dB that int8 spans.

// log2(value) in Q16; value > 0.
std::int32_t log2_q16(std::uint64_t value) {
  const int exponent = 63 - std::countl_zero(value);
  // The 22 bits below the leading one: 6 find the place in the table, 16 the way to the next.
  const std::uint64_t aligned =
      exponent >= 22 ? value >> (exponent - 22) : value << (22 - exponent);
  const auto mantissa = static_cast<std::uint32_t>(aligned) & 0x3fffff;
  const std::uint32_t low = tables::kLog2[mantissa >> 16];
  const std::uint32_t high = tables::kLog2[(mantissa >> 16) + 1];
  const std::uint32_t fraction = low + (((high - low) * (mantissa & 0xffff)) >> 16);
  return (exponent << 16) + static_cast<std::int32_t>(fraction);
}

std::int8_t level(std::uint64_t weighted) {
  if (weighted == 0) return -128;
  const std::int32_t log2 = log2_q16(weighted) + ((kEnergyShift - kWeightBits) << 16);
  const std::int32_t steps = ((log2 * kStepsPerOctave + (1 << 15)) >> 16) - kMiddle;
  return static_cast<std::int8_t>(std::clamp<std::int32_t>(steps, -128, 127));
}

}  // namespace

void log_mel_frame(std::span<const std::int16_t, kWindowSamples> window,
                   std::span<std::int8_t, kMelBands> levels) {
  const Spectrum spectrum(window);
  std::array<std::uint64_t, kMelBands> energy{};
  for (std::size_t i = 0; i < tables::kMelBins.size(); ++i) {
    const auto [band, rise] = tables::kMelBins[i];
    const std::uint64_t bin = spectrum.power(tables::kFirstBin + i) >> kEnergyShift;
    if (band < kMelBands) energy[band] += bin * rise;
    if (band > 0) energy[band - 1] += bin * ((1U << kWeightBits) - rise);
  }
  for (std::size_t band = 0; band < kMelBands; ++band) levels[band] = level(energy[band]);
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
