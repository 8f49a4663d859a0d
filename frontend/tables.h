// The constant tables of the front end, computed while compiling. The doubles here exist only in
// the compiler: what reaches the binary is integers, the same ones everywhere, because the
// arithmetic below is plain IEEE double arithmetic without libm.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "frontend/log_mel.h"

namespace thimble::tables {

inline constexpr double kPi = 3.14159265358979323846;
inline constexpr double kLogOf2 = 0.69314718055994530942;

constexpr std::int64_t nearest(double x) {  // x >= 0
  const auto whole = static_cast<std::int64_t>(x);
  return x - static_cast<double>(whole) < 0.5 ? whole : whole + 1;
}

constexpr double sine(double x) {  // Taylor series, good to an ulp or two for |x| <= pi/2.
  double term = x;
  double sum = x;
  for (int n = 1; n < 14; ++n) {
    term *= -x * x / ((2.0 * n) * (2.0 * n + 1.0));
    sum += term;
  }
  return sum;
}

constexpr double logarithm(
    double x) {  // Natural; halves x down to [1, 2), then the series of atanh.
  double sum = 0.0;
  while (x >= 2.0) {
    x /= 2.0;
    sum += kLogOf2;
  }
  const double z = (x - 1.0) / (x + 1.0);
  double power = z;
  for (int n = 1; n < 60; n += 2, power *= z * z) sum += 2.0 * power / n;
  return sum;
}

constexpr double mel(double hertz) {
  return 1127.0 * logarithm(1.0 + hertz / 700.0);
}

/// kSine[i] = sin(2 pi i / 512) in Q31, three quarters of a turn, so that the cosine is kSine[i +
/// 128]. +1 is not representable and becomes 1 - 2^-31.
inline constexpr auto kSine = [] {
  constexpr std::size_t kQuarter = kWindowSamples / 4;
  constexpr std::int64_t kLargest = 0x7fffffff;
  std::array<std::int32_t, 3 * kQuarter> table{};
  for (std::size_t i = 0; i <= kQuarter; ++i) {
    const double angle = 2.0 * kPi * static_cast<double>(i) / kWindowSamples;
    const std::int64_t value = nearest(sine(angle) * 2147483648.0);
    table[i] = static_cast<std::int32_t>(value < kLargest ? value : kLargest);
  }
  for (std::size_t i = kQuarter + 1; i <= 2 * kQuarter; ++i) table[i] = table[2 * kQuarter - i];
  for (std::size_t i = 2 * kQuarter + 1; i < table.size(); ++i) {
    table[i] = -table[i - 2 * kQuarter];
  }
  return table;
}();

/// The mel filters are triangles that overlap by half, so a bin feeds two bands at most: `rise` /
/// 4096 of its power goes to `band`, the rest to `band` - 1. Bands -1 and kBands do not exist.
struct MelBin {
  std::uint8_t band;
  std::uint16_t rise;
};
template <std::size_t kBandCount, std::size_t kLowest, std::size_t kHighest>
struct MelFilters {
  static constexpr std::size_t kBands = kBandCount;
  static constexpr double kStep = (mel(kHighest) - mel(kLowest)) / (kBands + 1);
  static constexpr double kHertzPerBin = static_cast<double>(kSampleRate) / kWindowSamples;
  static constexpr std::size_t kFirstBin = kLowest * kWindowSamples / kSampleRate + 1;
  static constexpr std::size_t kEndBin =
      (kHighest * kWindowSamples + kSampleRate - 1) / kSampleRate;
  static constexpr auto kBins = [] {
    std::array<MelBin, kEndBin - kFirstBin> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
      const double hertz = static_cast<double>(kFirstBin + i) * kHertzPerBin;
      const double position = (mel(hertz) - mel(kLowest)) / kStep;
      const auto band = static_cast<std::uint8_t>(position);
      table[i] = {band, static_cast<std::uint16_t>(nearest((position - band) * 4096.0))};
    }
    return table;
  }();
  static_assert(kBins.back().band <= kBands);
};

/// kLog2[i] = log2(1 + i / 64) in Q16: the fraction of the logarithm, to be interpolated.
inline constexpr auto kLog2 = [] {
  std::array<std::uint32_t, 65> table{};
  for (std::size_t i = 0; i < 64; ++i) {
    const double log2 = logarithm(1.0 + static_cast<double>(i) / 64.0) / kLogOf2;
    table[i] = static_cast<std::uint32_t>(nearest(log2 * 65536.0));
  }
  table[64] = 65536;
  return table;
}();

}  // namespace thimble::tables
