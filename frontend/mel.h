// Energy in mel bands, and its logarithm: what the front ends share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "frontend/fft.h"
#include "frontend/tables.h"

namespace thimble {

/// A band's energy is 2^(12 - 8) times the power in its triangle. Powers lose 8 bits so that
/// weights of 12 fit: 2^58 -> 2^50 -> 2^62.
inline constexpr int kPowerShift = 8;
inline constexpr int kWeightBits = 12;

/// The energies in the bands of `Filters`, a tables::MelFilters, lowest first.
template <typename Filters>
[[nodiscard]] std::array<std::uint64_t, Filters::kBands> band_energies(const Spectrum& spectrum) {
  std::array<std::uint64_t, Filters::kBands> energies{};
  for (std::size_t i = 0; i < Filters::kBins.size(); ++i) {
    const auto [band, rise] = Filters::kBins[i];
    const std::uint64_t bin = spectrum.power(Filters::kFirstBin + i) >> kPowerShift;
    if (band < Filters::kBands) energies[band] += bin * rise;
    if (band > 0) energies[band - 1] += bin * ((1U << kWeightBits) - rise);
  }
  return energies;
}

/// log2(value) in Q16; value > 0.
[[nodiscard]] std::int32_t log2_q16(std::uint64_t value);

}  // namespace thimble
