// The audio front end: 16 kHz PCM in, int8 log-mel patch out. Integers only, no heap, no libm, so
// that training, the host tool and the firmware compute the same bits. The result is what a zoo
// model takes as its quantized input; nothing is left to scale.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace thimble {

inline constexpr std::size_t kSampleRate = 16000;
inline constexpr std::size_t kWindowSamples = 512;  ///< 32 ms, periodic Hann.
inline constexpr std::size_t kHopSamples = 320;     ///< 20 ms from one frame to the next.
inline constexpr std::size_t kMelBands = 64;
inline constexpr std::size_t kPatchFrames = 50;
inline constexpr std::size_t kPatchSize = kMelBands * kPatchFrames;
/// What a patch looks at: 16,192 samples, a second and the tail of the last window.
inline constexpr std::size_t kPatchSamples = (kPatchFrames - 1) * kHopSamples + kWindowSamples;
/// Outer edges of the lowest and the highest triangle; the centres are equally spaced in mel
/// between them, mel = 1127 ln(1 + hertz / 700).
inline constexpr std::size_t kLowestHertz = 125;
inline constexpr std::size_t kHighestHertz = 7500;

using PatchSpan = std::span<std::int8_t, kPatchSize>;

/// The int8 log-mel levels of one frame, lowest band first. A level is 8 log2(energy) - 336,
/// rounded and clamped: one step is 0.376 dB, silence is -128, the band of a full-scale sine about
/// 116. The unit of energy is the square of 1/64 of a sample step, summed through the Hann window
/// and the mel triangle. Callable from any context, reentrant; takes 2.6 KB of stack.
void log_mel_frame(std::span<const std::int16_t, kWindowSamples> window,
                   std::span<std::int8_t, kMelBands> levels);

/// The patch of a clip, in the order of a tensor of shape [1, 64, 50, 1]: patch[band * 50 + frame].
/// Frame f covers the samples [320 f, 320 f + 512). Samples past the end of the clip are zero;
/// samples past kPatchSamples are not looked at. As log_mel_frame(), with 4 KB of stack.
void log_mel_patch(std::span<const std::int16_t> clip, PatchSpan patch);

/// For streaming: drops the oldest column of a patch and appends `levels` as its newest.
void push_frame(std::span<const std::int8_t, kMelBands> levels, PatchSpan patch);

}  // namespace thimble
