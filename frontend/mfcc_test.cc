// The speech front end against the formula in double precision, and at its limits.
#include "frontend/mfcc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <vector>

namespace thimble::mfcc {
namespace {

using Clip = std::vector<std::int16_t>;
using Patch = std::array<std::int8_t, kPatchSize>;
constexpr double kRate = 16000;
constexpr std::size_t kTransform = 512;

double mel(double hertz) {
  return 2595.0 * std::log10(1.0 + hertz / 700.0);
}

// log2 of the power in each band.
std::array<double, kBands> band_levels(const std::int16_t* window) {
  std::array<double, kBands> power{};
  const double step = (mel(4000) - mel(20)) / (kBands + 1);
  for (std::size_t bin = 0; bin <= kTransform / 2; ++bin) {
    std::complex<double> sum = 0.0;
    for (std::size_t n = 0; n < kWindowSamples; ++n) {
      const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(n) /
                                               (kWindowSamples - 1));
      const double turn = 2 * std::numbers::pi * static_cast<double>(bin * n) / kTransform;
      sum += window[n] / 32768.0 * hann * std::polar(1.0, -turn);
    }
    const double position = (mel(static_cast<double>(bin) * kRate / kTransform) - mel(20)) / step;
    for (std::size_t band = 0; band < kBands; ++band) {
      const double distance = std::abs(position - static_cast<double>(band + 1));
      power[band] += std::norm(sum) * std::max(0.0, 1.0 - distance);
    }
  }
  for (double& value : power) value = std::log2(value + 1e-7);
  return power;
}

// Steps, not rounded.
std::vector<double> reference(const Clip& clip) {
  std::vector<double> patch(kPatchSize);
  for (std::size_t frame = 0; frame < kFrames; ++frame) {
    const auto levels = band_levels(clip.data() + frame * kHopSamples);
    for (std::size_t k = 0; k < kCoefficients; ++k) {
      for (std::size_t band = 0; band < kBands; ++band) {
        const double turn = static_cast<double>(k) * (static_cast<double>(band) + 0.5) / kBands;
        patch[frame * kCoefficients + k] +=
            4 * std::sqrt(2.0 / kBands) * levels[band] * std::cos(std::numbers::pi * turn);
      }
    }
  }
  for (std::size_t k = 0; k < kCoefficients; ++k) {
    double mean = 0;
    for (std::size_t i = k; i < kPatchSize; i += kCoefficients) mean += patch[i] / kFrames;
    for (std::size_t i = k; i < kPatchSize; i += kCoefficients) {
      patch[i] = std::clamp(patch[i] - mean, -128.0, 127.0);
    }
  }
  return patch;
}

// Noise whose loudness and colour change on the way.
Clip sound(unsigned seed, double loudness) {
  std::mt19937 random(seed);
  Clip clip(kPatchSamples);
  double smooth = 0;
  for (std::size_t n = 0; n < clip.size(); ++n) {
    const double noise = static_cast<double>(random()) / 2147483648.0 - 1.0;
    const double time = static_cast<double>(n) / kRate;
    smooth += (noise - smooth) * (0.1 + 0.8 * time);
    const double tone = std::sin(2 * std::numbers::pi * (300 + 1500 * time) * time);
    const double value = loudness * (0.5 * smooth + 0.4 * tone * std::sin(20 * time));
    clip[n] = static_cast<std::int16_t>(std::clamp(std::lround(value), -32768L, 32767L));
  }
  return clip;
}

Patch patch_of(std::span<const std::int16_t> clip) {
  Patch patch;
  clip_patch(clip, patch);
  return patch;
}

TEST(Mfcc, MatchesTheReference) {
  for (const double loudness : {300.0, 5000.0, 32767.0}) {
    for (unsigned seed = 1; seed < 4; ++seed) {
      const Clip clip = sound(seed, loudness);
      const Patch patch = patch_of(clip);
      const std::vector<double> wanted = reference(clip);
      double range = 0;
      for (std::size_t i = 0; i < kPatchSize; ++i) {
        EXPECT_NEAR(patch[i], wanted[i], 0.6) << loudness << " " << seed << " " << i;
        range = std::max(range, std::abs(wanted[i]));
      }
      EXPECT_GT(range, 10) << "the sound says nothing";
    }
  }
}

TEST(Mfcc, WhatDoesNotChangeIsZero) {
  const auto is_zero = [](int value) { return value == 0; };
  EXPECT_TRUE(std::ranges::all_of(patch_of(Clip(kPatchSamples)), is_zero));
  EXPECT_TRUE(std::ranges::all_of(patch_of({}), is_zero));
  Clip periodic(kPatchSamples);
  for (std::size_t n = 0; n < periodic.size(); ++n) {
    periodic[n] = n % kHopSamples < 160 ? 32767 : -32768;
  }
  EXPECT_TRUE(std::ranges::all_of(patch_of(periodic), is_zero));
}

TEST(Mfcc, OnlyThePatchsSamplesCountAndMissingOnesAreZero) {
  Clip clip = sound(7, 8000);
  const Patch whole = patch_of(clip);
  clip.push_back(30000);
  EXPECT_EQ(patch_of(clip), whole);
  Clip padded = clip;
  std::fill(padded.begin() + 4000, padded.end(), 0);
  EXPECT_EQ(patch_of(std::span(clip).first(4000)), patch_of(padded));
}

TEST(Mfcc, FramesAreARing) {
  const Clip clip = sound(5, 8000);
  std::array<Frame, kFrames> frames;
  constexpr std::size_t kOldest = 17;
  for (std::size_t i = 0; i < kFrames; ++i) {
    frames[(kOldest + i) % kFrames] =
        make_frame(std::span(clip).subspan(i * kHopSamples).first<kWindowSamples>());
  }
  Patch patch;
  make_patch(frames, kOldest, patch);
  EXPECT_EQ(patch, patch_of(clip));
}

}  // namespace
}  // namespace thimble::mfcc
