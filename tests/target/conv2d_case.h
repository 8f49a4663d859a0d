// The random convolutions of conv2d.cc: weights are laid out here as tile.h has it, in runs and
// segments as long as the bounds allow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "microkernels/conv2d.h"
#include "tests/target/random_numbers.h"

namespace thimble::microkernels {

inline constexpr int kLargestSide = 6;
inline constexpr int kLargestKernel = 3;
inline constexpr int kMostInputs = 9;
inline constexpr int kMostOutputs = 30;
inline constexpr int kMostTaps = kLargestKernel * kLargestKernel * kMostInputs;
inline constexpr int kMostPixels = (kLargestSide + 2) * (kLargestSide + 2);

/// All buffers of a case; output and scratch have room for a guard behind them.
struct Conv2dCase {
  Conv2d packed;
  Conv2d whole;  // only where there is one segment
  Conv2d line;   // only where there is one window
  Conv2d unpacked;
  int taps;
  std::int8_t input[kMostPixels * kMostInputs];
  std::byte output[kMostPixels * kMostOutputs + 1];
  std::byte shared[kMostPixels * (2 * kMostInputs + kMostOutputs)];
  std::byte scratch[kMostOutputs * kTilePixels * 4 + 1];
  std::int8_t weights[kMostOutputs * kMostTaps];  // [channel][tap]
  std::int32_t biases[kMostOutputs];
  std::int32_t packed_biases[kMostOutputs];
  std::int32_t line_biases[kMostOutputs + 1];
  std::uint32_t scales[kMostOutputs];
  ThresholdScale threshold_scales[kMostOutputs];
  std::int8_t packed_weights[(kMostOutputs + 1) * (kMostTaps + 3 * kMostTaps / 4)];
  std::uint32_t words[(kMostOutputs + 1) / 2 * kMostTaps];
  std::uint8_t runs[kMostOutputs * (kMostTaps + 1)];
  std::uint32_t unpacked_words[kMostOutputs * kMostTaps];
  std::uint8_t run_lengths[kMostOutputs];

  /// A new case in place of this one.
  void make() {
    const bool extreme = pick(0, 5) == 0;
    const auto value = [&] {
      return static_cast<std::int8_t>(extreme ? (pick(0, 1) != 0 ? 127 : -128) : pick(-128, 127));
    };
    const auto u16 = [](int number) { return static_cast<std::uint16_t>(number); };
    const int spread = pick(4, 128);
    Window window{};
    window.kernel_height = u16(pick(1, kLargestKernel));
    window.kernel_width = u16(pick(1, kLargestKernel));
    window.stride_y = u16(pick(1, 2));
    window.stride_x = u16(pick(1, 2));
    window.dilation_y = u16(pick(0, 3) == 0 ? 2 : 1);
    window.dilation_x = u16(pick(0, 3) == 0 ? 2 : 1);
    make_extents(window.kernel_height, window.dilation_y, window.stride_y, window.input_height,
                 window.output_height, window.pad_top);
    make_extents(window.kernel_width, window.dilation_x, window.stride_x, window.input_width,
                 window.output_width, window.pad_left);
    window.input_channels = u16(pick(1, kMostInputs));
    window.output_channels = u16(pick(1, kMostOutputs));
    window.input_zero_point = value();
    taps = window.kernel_height * window.kernel_width * window.input_channels;
    for (std::int8_t& element : input) element = value();
    for (std::int8_t& element : weights)
      element = extreme ? value() : static_cast<std::int8_t>(pick(-spread, spread - 1));
    for (int c = 0; c < window.output_channels; ++c) {
      biases[c] = pick(-20000, 20000);
      scales[c] = (random_word() | 0x80000000U) >> 5 << 5 | static_cast<std::uint32_t>(pick(5, 13));
    }
    const int zero_point = pick(-128, 127);
    const int lowest = pick(0, 1) != 0 ? zero_point : pick(-128, zero_point);
    const int highest = pick(0, 1) != 0 ? 127 : pick(zero_point, 127);
    const Requantization requantization{
        biases,
        scales,
        pick(0, 1) != 0 ? RequantizationForm::kOneSided : RequantizationForm::kSymmetric,
        pick(0, 1) != 0,
        static_cast<std::int16_t>(zero_point),
        static_cast<std::int8_t>(lowest),
        static_cast<std::int8_t>(highest),
        pick(0, 1) != 0,
        false};
    packed = {window, requantization, packed_weights, nullptr, 0};
    packed.requantization.biases = packed_biases;
    whole = packed;
    whole.requantization.scales = threshold_scales;
    whole.requantization.form = RequantizationForm::kThreshold;
    make_threshold_scales();
    line = {window, requantization, words, runs, 0};
    line.requantization.biases = line_biases;
    unpacked = {window, requantization, unpacked_words, run_lengths, 0};
    pack();
    if (is_line(window)) pack_line();
    pack_small();
  }

  /// 0 behind the last channel, where a group is not full.
  std::int32_t weight(int channel, int tap) const {
    return channel < packed.window.output_channels ? weights[channel * taps + tap] : 0;
  }

 private:
  static void make_extents(int kernel, int dilation, int stride, std::uint16_t& inputs,
                           std::uint16_t& outputs, std::int16_t& before) {
    for (;;) {
      const int size = pick(1, kLargestSide);
      const int first = pick(0, 1);
      const int span = size + first + pick(0, 1) - (kernel - 1) * dilation - 1;
      if (span < 0) continue;
      inputs = static_cast<std::uint16_t>(size);
      before = static_cast<std::int16_t>(first);
      outputs = static_cast<std::uint16_t>(span / stride + 1);
      return;
    }
  }

  // Whether the sums of some taps of a group of channels have so many bits.
  bool fits(int bits, int channel, int channels, int first, int count) const {
    for (int c = channel; c < channel + channels; ++c) {
      int lowest = 0;
      int highest = 0;
      for (int tap = first; tap < first + count; ++tap) {
        const int w = weight(c, tap);
        lowest += w > 0 ? w * -128 : w * 127;
        highest += w > 0 ? w * 127 : w * -128;
      }
      if (lowest < -(1 << (bits - 1)) || highest >= 1 << (bits - 1)) return false;
    }
    return true;
  }

  int longest_segment() const {
    int length = kSegmentTaps;
    for (int first = 0; first < taps; first += length) {
      const int count = first + length < taps ? length : taps - first;
      if (fits(kFieldBits, 0, packed.window.output_channels, first, count)) continue;
      length -= kUnrolledTaps;
      first = -length;  // from the beginning
    }
    return length;
  }

  void pack() {
    const int outputs = packed.window.output_channels;
    const int segment = longest_segment();
    packed.segment_taps = static_cast<std::uint16_t>(segment);
    std::int8_t* byte = packed_weights;
    int segments = 0;
    for (int first = 0; first < taps; first += segment, ++segments) {
      const int end = first + segment < taps ? first + segment : taps;
      ChannelGroups groups = channel_groups(outputs);
      for (int channel = 0; channel < outputs;) {
        const int group = groups.fours-- > 0 ? kChannelGroup : 2;
        for (int tap = first; tap < end || (tap - first) % kUnrolledTaps != 0; ++tap) {
          for (int c = channel; c < channel + group; ++c)
            *byte++ = tap < end ? static_cast<std::int8_t>(weight(c, tap)) : std::int8_t{0};
        }
        channel += group;
      }
    }
    for (int c = 0; c < outputs; ++c)
      packed_biases[c] = biases[c] - segments * (1 << (kFieldBits - 1));
  }

  void pack_line() {
    const int outputs = line.window.output_channels;
    std::uint32_t* word = words;
    std::uint8_t* run = runs;
    for (int channel = 0; channel < outputs;) {
      const int left = outputs - channel;
      const int group = left >= kLineGroup ? kLineGroup : left >= kChannelGroup ? kChannelGroup : 2;
      for (int tap = 0; tap < taps;) {
        int length = 1;
        while (length < kLongestRun && tap + length < taps &&
               fits(16, channel, group, tap, length + 1))
          ++length;
        *run++ = static_cast<std::uint8_t>(length);
        tap += length;
      }
      *run++ = 0;
      for (int tap = 0; tap < taps; ++tap) {
        for (int c = channel; c < channel + group; c += 2) {
          *word++ = static_cast<std::uint32_t>(weight(c, tap)) +
                    (static_cast<std::uint32_t>(weight(c + 1, tap)) << 16);
        }
      }
      channel += group;
    }
    for (int c = 0; c < outputs; c += 2) {
      const std::int32_t upper = c + 1 < outputs ? biases[c + 1] : 0;
      line_biases[c] = static_cast<std::int32_t>(static_cast<std::uint32_t>(biases[c]) +
                                                 (static_cast<std::uint32_t>(upper) << 16));
      line_biases[c + 1] = upper;
    }
  }

  void pack_small() {
    const int outputs = packed.window.output_channels;
    std::uint32_t* word = unpacked_words;
    int channel = 0;
    for (; channel + kChannelGroup <= outputs; channel += kChannelGroup) {
      int length = taps;
      for (int first = 0; first < taps; first += length) {
        const int count = first + length < taps ? length : taps - first;
        if (fits(16, channel, kChannelGroup, first, count)) continue;
        --length;
        first = -length;  // from the beginning
      }
      run_lengths[channel / kChannelGroup] = static_cast<std::uint8_t>(length);
      for (int tap = 0; tap < taps; ++tap) {
        const auto byte = [&](int c) {
          return static_cast<std::uint32_t>(weight(channel + c, tap) + 128);
        };
        *word++ = byte(0) | byte(2) << 8 | byte(1) << 16 | byte(3) << 24;
      }
    }
    std::memcpy(word, weights + channel * taps,
                static_cast<std::size_t>((outputs - channel) * taps));
  }

  void make_threshold_scales() {
    const bool extreme = pick(0, 7) == 0;
    for (ThresholdScale& scale : threshold_scales) {
      scale.multiplier =
          ((random_word() | 0x80000000U) & ~31U) | static_cast<std::uint32_t>(pick(12, 26));
      scale.threshold = extreme ? static_cast<std::uint32_t>(-pick(0, 1))
                                : 0x80000000U +
                                      (static_cast<std::uint32_t>(pick(-50000, 50000)) << 12) +
                                      random_word() % 4096;
    }
  }
};

}  // namespace thimble::microkernels
