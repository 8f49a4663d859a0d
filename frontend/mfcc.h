// The speech front end: 16 kHz PCM in, mel-frequency cepstral coefficients out, a second at a time.
// Integers only, no heap, no libm: the host tool and the firmware compute the same bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace thimble::mfcc {

inline constexpr std::size_t kWindowSamples = 480;  ///< 30 ms, symmetric Hann
inline constexpr std::size_t kHopSamples = 320;     ///< 20 ms from one frame to the next
inline constexpr std::size_t kBands = 40;           ///< mel triangles from 20 to 4,000 Hz
inline constexpr std::size_t kCoefficients = 10;
inline constexpr std::size_t kFrames = 49;
inline constexpr std::size_t kPatchSize = kFrames * kCoefficients;
/// What a patch looks at.
inline constexpr std::size_t kPatchSamples = (kFrames - 1) * kHopSamples + kWindowSamples;

/// The coefficients of a frame, 16 a step of the patch: 4 * 16 times the orthonormal cosine
/// transform of log2(power). The same constant may be in all frames of a coefficient.
using Frame = std::array<std::int16_t, kCoefficients>;

using PatchSpan = std::span<std::int8_t, kPatchSize>;

/// Callable from any context, reentrant; takes 2.7 KB of stack.
[[nodiscard]] Frame make_frame(std::span<const std::int16_t, kWindowSamples> window);

/// A patch of shape [49, 10] from its frames, oldest first, which are a ring that begins at
/// `oldest`: each coefficient less its mean over the frames, so that neither loudness nor the
/// microphone's tone matters, rounded to steps, four a unit of log2(power).
void make_patch(std::span<const Frame, kFrames> frames, std::size_t oldest, PatchSpan patch);

/// The patch of a clip. Samples past its end are zero; samples past kPatchSamples are not looked
/// at. As make_frame(), with 5 KB of stack.
void clip_patch(std::span<const std::int16_t> clip, PatchSpan patch);

}  // namespace thimble::mfcc
