// The front end against a plain double-precision reference, and at its limits.
#include "frontend/log_mel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdlib>
#include <numbers>
#include <random>
#include <vector>

#include "frontend/tables.h"

namespace thimble {
namespace {

using Window = std::array<std::int16_t, kWindowSamples>;
using Levels = std::array<std::int8_t, kMelBands>;
using Patch = std::array<std::int8_t, kPatchSize>;

double mel(double hertz) {
  return 1127.0 * std::log1p(hertz / 700.0);
}

double centre_hertz(std::size_t band) {
  const double step = (mel(kHighestHertz) - mel(kLowestHertz)) / (kMelBands + 1);
  return 700.0 * std::expm1((mel(kLowestHertz) + step * static_cast<double>(band + 1)) / 1127.0);
}

std::array<double, kMelBands> reference(const Window& window) {
  std::array<double, kMelBands> energy{};
  const double step = (mel(kHighestHertz) - mel(kLowestHertz)) / (kMelBands + 1);
  for (std::size_t k = 0; k < kWindowSamples / 2; ++k) {
    std::complex<double> sum = 0.0;
    for (std::size_t n = 0; n < kWindowSamples; ++n) {
      const double turn = 2.0 * std::numbers::pi * static_cast<double>(n) / kWindowSamples;
      sum += 32.0 * window[n] * (1.0 - std::cos(turn)) *
             std::polar(1.0, -turn * static_cast<double>(k));
    }
    const double hertz = static_cast<double>(k * kSampleRate) / kWindowSamples;
    for (std::size_t band = 0; band < kMelBands; ++band) {
      const double distance = std::abs(mel(hertz) - mel(centre_hertz(band))) / step;
      energy[band] += std::norm(sum) * std::max(0.0, 1.0 - distance);
    }
  }
  std::array<double, kMelBands> levels;
  std::ranges::transform(energy, levels.begin(), [](double e) {
    return std::clamp(8.0 * std::log2(e + 1e-9) - 336.0, -128.0, 127.0);
  });
  return levels;
}

Window tone(double hertz, double amplitude) {
  Window window;
  for (std::size_t n = 0; n < window.size(); ++n) {
    const double turns = hertz * static_cast<double>(n) / kSampleRate;
    window[n] =
        static_cast<std::int16_t>(std::lround(amplitude * std::sin(2 * std::numbers::pi * turns)));
  }
  return window;
}

Window noise(unsigned seed, double amplitude) {
  std::mt19937 random(seed);
  Window window;
  for (auto& sample : window) {
    const double unit = static_cast<double>(random()) / 2147483648.0 - 1.0;
    sample = static_cast<std::int16_t>(std::lround(unit * amplitude));
  }
  return window;
}

Levels levels_of(const Window& window) {
  Levels levels;
  log_mel_frame(window, levels);
  return levels;
}

void expect_near_reference(const Window& window, double tolerance) {
  const Levels levels = levels_of(window);
  const auto wanted = reference(window);
  for (std::size_t band = 0; band < kMelBands; ++band) {
    EXPECT_NEAR(levels[band], wanted[band], tolerance) << "band " << band;
  }
}

TEST(LogMel, SilenceIsTheLowestLevel) {
  EXPECT_TRUE(std::ranges::all_of(levels_of(Window{}), [](int level) { return level == -128; }));
}

TEST(LogMel, ToneIsLoudestInItsBand) {
  for (std::size_t band = 0; band < kMelBands; ++band) {
    const Levels levels = levels_of(tone(centre_hertz(band), 10000));
    const auto loudest = std::ranges::max_element(levels) - levels.begin();
    EXPECT_LE(std::abs(loudest - static_cast<long>(band)), band < 4 ? 1 : 0) << "band " << band;
  }
}

TEST(LogMel, FullScaleToneMeetsTheDocumentedLevel) {
  for (int hertz = 200; hertz < 7400; hertz += 37) {
    const Levels levels = levels_of(tone(hertz, 32767));
    EXPECT_NEAR(*std::ranges::max_element(levels), 110, 9) << hertz;
  }
}

TEST(LogMel, MatchesTheReferenceOnNoise) {
  for (const double amplitude : {100.0, 3000.0, 32767.0}) {
    for (unsigned seed = 0; seed < 4; ++seed) {
      expect_near_reference(noise(seed, amplitude), 0.55);
    }
  }
}

TEST(LogMel, MatchesTheReferenceOnToneAndNoise) {
  for (const double hertz : {180.0, 440.0, 1234.5, 4000.0, 7300.0}) {
    Window window = tone(hertz, 20000);
    const Window floor = noise(7, 50);
    for (std::size_t n = 0; n < window.size(); ++n)
      window[n] = static_cast<std::int16_t>(window[n] + floor[n]);
    expect_near_reference(window, 1.0);
  }
}

TEST(LogMel, FullScaleDoesNotOverflow) {
  Window lowest;
  lowest.fill(-32768);
  Window square = tone(977, 1);
  Window fastest;
  for (std::size_t n = 0; n < kWindowSamples; ++n) {
    square[n] = square[n] > 0 ? 32767 : -32768;
    fastest[n] = n % 2 == 0 ? 32767 : -32768;
  }
  for (const Window& window : {lowest, square}) expect_near_reference(window, 1.0);
  // Nyquist lies above the highest band, whose reference is the rounding noise of doubles.
  EXPECT_LT(std::ranges::max(levels_of(fastest)), 0);
}

TEST(LogMel, PatchIsBandMajorAndZeroPadded) {
  std::vector<std::int16_t> clip(kPatchSamples);
  for (std::size_t n = 0; n < clip.size(); ++n)
    clip[n] = static_cast<std::int16_t>((n * 7919) % 20011);
  Patch patch;
  log_mel_patch(clip, patch);
  for (std::size_t frame = 0; frame < kPatchFrames; ++frame) {
    Window window;
    std::copy_n(clip.begin() + static_cast<long>(frame * kHopSamples), kWindowSamples,
                window.begin());
    const Levels levels = levels_of(window);
    for (std::size_t band = 0; band < kMelBands; ++band) {
      ASSERT_EQ(patch[band * kPatchFrames + frame], levels[band]);
    }
  }

  std::vector<std::int16_t> padded = clip;
  std::fill(padded.begin() + 5000, padded.end(), 0);
  Patch of_padded;
  log_mel_patch(padded, of_padded);
  log_mel_patch(std::span(clip).first(5000), patch);
  EXPECT_EQ(patch, of_padded);
  log_mel_patch({}, patch);
  EXPECT_TRUE(std::ranges::all_of(patch, [](int level) { return level == -128; }));
}

TEST(LogMel, PushedFramesMakeThePatch) {
  Patch pushed;
  pushed.fill(1);
  std::vector<std::int16_t> clip(kPatchSamples);
  for (std::size_t n = 0; n < clip.size(); ++n)
    clip[n] = static_cast<std::int16_t>((n * n) % 30011);
  for (std::size_t frame = 0; frame < kPatchFrames; ++frame) {
    Levels levels;
    log_mel_frame(std::span(clip).subspan(frame * kHopSamples).first<kWindowSamples>(), levels);
    push_frame(levels, pushed);
  }
  Patch whole;
  log_mel_patch(clip, whole);
  EXPECT_EQ(pushed, whole);
}

TEST(Tables, AgreeWithTheMathLibrary) {
  for (std::size_t i = 0; i < tables::kSine.size(); ++i) {
    const double angle = 2.0 * std::numbers::pi * static_cast<double>(i) / kWindowSamples;
    EXPECT_NEAR(tables::kSine[i], std::sin(angle) * 2147483648.0, 1.01) << i;
  }
  for (std::size_t i = 0; i < tables::kLog2.size(); ++i) {
    EXPECT_NEAR(tables::kLog2[i], std::log2(1.0 + static_cast<double>(i) / 64.0) * 65536.0, 0.51);
  }
}

// Every build of the front end must give these bits; zoo models were trained on them.
TEST(LogMel, BitsAreFixed) {
  std::vector<std::int16_t> clip(16000);
  std::uint32_t state = 1;
  for (std::size_t n = 0; n < clip.size(); ++n) {
    state = state * 1664525 + 1013904223;
    clip[n] = static_cast<std::int16_t>(static_cast<std::int32_t>(state) >> (16 + n / 2000));
  }
  Patch patch;
  log_mel_patch(clip, patch);
  std::uint32_t hash = 2166136261;
  for (const std::int8_t value : patch) hash = (hash ^ static_cast<std::uint8_t>(value)) * 16777619;
  EXPECT_EQ(hash, 1189194644U);
}

}  // namespace
}  // namespace thimble
