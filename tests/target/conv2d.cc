// Random convolutions on the target against their plain definition: weights are laid out here as
// tile.h has it, in runs and segments as long as the bounds allow. The assembly has no other test
// of its own.
#include "microkernels/conv2d.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernel/main_task.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "runtime/plan.h"

namespace thimble::kernel {
namespace {

using namespace microkernels;

constexpr int kCases = 300;
constexpr int kLargestSide = 6;
constexpr int kLargestKernel = 3;
constexpr int kMostInputs = 9;
constexpr int kMostOutputs = 30;
constexpr int kMostTaps = kLargestKernel * kLargestKernel * kMostInputs;
constexpr int kMostPixels = (kLargestSide + 2) * (kLargestSide + 2);
constexpr std::byte kGuard{0x5a};

std::uint32_t random_state = 2463534242;

std::uint32_t random_word() {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

int pick(int low, int high) {
  return low + static_cast<int>(random_word() % static_cast<std::uint32_t>(high - low + 1));
}

// All buffers of a case; output and scratch have a guard behind them.
struct Case {
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
};

Case current;

std::int32_t weight(int channel, int tap) {
  return channel < current.packed.window.output_channels
             ? current.weights[channel * current.taps + tap]
             : 0;
}

// Whether the sums of some taps of a group of channels have so many bits.
bool fits(int bits, int channel, int channels, int first, int count) {
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

int longest_segment() {
  int length = kSegmentTaps;
  for (int first = 0; first < current.taps; first += length) {
    const int count = first + length < current.taps ? length : current.taps - first;
    if (fits(kFieldBits, 0, current.packed.window.output_channels, first, count)) continue;
    length -= kUnrolledTaps;
    first = -length;  // from the beginning
  }
  return length;
}

void pack() {
  const int outputs = current.packed.window.output_channels;
  const int segment = longest_segment();
  current.packed.segment_taps = static_cast<std::uint16_t>(segment);
  std::int8_t* byte = current.packed_weights;
  int segments = 0;
  for (int first = 0; first < current.taps; first += segment, ++segments) {
    const int end = first + segment < current.taps ? first + segment : current.taps;
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
    current.packed_biases[c] = current.biases[c] - segments * (1 << (kFieldBits - 1));
}

void pack_line() {
  const int outputs = current.line.window.output_channels;
  std::uint32_t* word = current.words;
  std::uint8_t* runs = current.runs;
  for (int channel = 0; channel < outputs;) {
    const int left = outputs - channel;
    const int group = left >= kLineGroup ? kLineGroup : left >= kChannelGroup ? kChannelGroup : 2;
    for (int tap = 0; tap < current.taps;) {
      int length = 1;
      while (length < kLongestRun && tap + length < current.taps &&
             fits(16, channel, group, tap, length + 1))
        ++length;
      *runs++ = static_cast<std::uint8_t>(length);
      tap += length;
    }
    *runs++ = 0;
    for (int tap = 0; tap < current.taps; ++tap) {
      for (int c = channel; c < channel + group; c += 2) {
        *word++ = static_cast<std::uint32_t>(weight(c, tap)) +
                  (static_cast<std::uint32_t>(weight(c + 1, tap)) << 16);
      }
    }
    channel += group;
  }
  for (int c = 0; c < outputs; c += 2) {
    const std::int32_t upper = c + 1 < outputs ? current.biases[c + 1] : 0;
    current.line_biases[c] = static_cast<std::int32_t>(
        static_cast<std::uint32_t>(current.biases[c]) + (static_cast<std::uint32_t>(upper) << 16));
    current.line_biases[c + 1] = upper;
  }
}

void pack_small() {
  const int outputs = current.packed.window.output_channels;
  std::uint32_t* word = current.unpacked_words;
  int channel = 0;
  for (; channel + kChannelGroup <= outputs; channel += kChannelGroup) {
    int length = current.taps;
    for (int first = 0; first < current.taps; first += length) {
      const int count = first + length < current.taps ? length : current.taps - first;
      if (fits(16, channel, kChannelGroup, first, count)) continue;
      --length;
      first = -length;  // from the beginning
    }
    current.run_lengths[channel / kChannelGroup] = static_cast<std::uint8_t>(length);
    for (int tap = 0; tap < current.taps; ++tap) {
      const auto byte = [&](int c) {
        return static_cast<std::uint32_t>(weight(channel + c, tap) + 128);
      };
      *word++ = byte(0) | byte(2) << 8 | byte(1) << 16 | byte(3) << 24;
    }
  }
  std::memcpy(word, current.weights + channel * current.taps,
              static_cast<std::size_t>((outputs - channel) * current.taps));
}

void make_threshold_scales() {
  const bool extreme = pick(0, 7) == 0;
  for (ThresholdScale& scale : current.threshold_scales) {
    scale.multiplier =
        ((random_word() | 0x80000000U) & ~31U) | static_cast<std::uint32_t>(pick(12, 26));
    scale.threshold = extreme
                          ? static_cast<std::uint32_t>(-pick(0, 1))
                          : 0x80000000U + (static_cast<std::uint32_t>(pick(-50000, 50000)) << 12) +
                                random_word() % 4096;
  }
}

void make_extents(int kernel, int dilation, int stride, std::uint16_t& inputs,
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

void make_case() {
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
  current.taps = window.kernel_height * window.kernel_width * window.input_channels;
  for (std::int8_t& element : current.input) element = value();
  for (std::int8_t& element : current.weights)
    element = extreme ? value() : static_cast<std::int8_t>(pick(-spread, spread - 1));
  for (int c = 0; c < window.output_channels; ++c) {
    current.biases[c] = pick(-20000, 20000);
    current.scales[c] =
        (random_word() | 0x80000000U) >> 5 << 5 | static_cast<std::uint32_t>(pick(5, 13));
  }
  const int zero_point = pick(-128, 127);
  const int lowest = pick(0, 1) != 0 ? zero_point : pick(-128, zero_point);
  const int highest = pick(0, 1) != 0 ? 127 : pick(zero_point, 127);
  const Requantization requantization{
      current.biases,
      current.scales,
      pick(0, 1) != 0 ? RequantizationForm::kOneSided : RequantizationForm::kSymmetric,
      pick(0, 1) != 0,
      static_cast<std::int16_t>(zero_point),
      static_cast<std::int8_t>(lowest),
      static_cast<std::int8_t>(highest),
      pick(0, 1) != 0,
      false};
  current.packed = {window, requantization, current.packed_weights, nullptr, 0};
  current.packed.requantization.biases = current.packed_biases;
  current.whole = current.packed;
  current.whole.requantization.scales = current.threshold_scales;
  current.whole.requantization.form = RequantizationForm::kThreshold;
  make_threshold_scales();
  current.line = {window, requantization, current.words, current.runs, 0};
  current.line.requantization.biases = current.line_biases;
  current.unpacked = {window, requantization, current.unpacked_words, current.run_lengths, 0};
  pack();
  if (is_line(window)) pack_line();
  pack_small();
}

std::int8_t expected(const Conv2d& layer, int row, int column, int channel) {
  const Window& window = layer.window;
  std::int32_t sum = 0;
  int tap = 0;
  for (int ky = 0; ky < window.kernel_height; ++ky) {
    for (int kx = 0; kx < window.kernel_width; ++kx) {
      const int y = row * window.stride_y - window.pad_top + ky * window.dilation_y;
      const int x = column * window.stride_x - window.pad_left + kx * window.dilation_x;
      const bool inside = y >= 0 && y < window.input_height && x >= 0 && x < window.input_width;
      for (int c = 0; c < window.input_channels; ++c, ++tap) {
        const int place = (y * window.input_width + x) * window.input_channels + c;
        sum += weight(channel, tap) * (inside ? current.input[place] : window.input_zero_point);
      }
    }
  }
  if (layer.requantization.form == RequantizationForm::kThreshold) {
    return static_cast<std::int8_t>(
        from_threshold(static_cast<std::uint32_t>(sum + (1 << (kFieldBits - 1))),
                       current.threshold_scales[channel], layer.requantization.lowest,
                       layer.requantization.highest));
  }
  return Requantizer(current.unpacked.requantization, channel)(sum);
}

void compute(runtime::Microkernel kernel, const Conv2d& layer, std::byte* input, std::byte* output,
             std::uint32_t split) {
  std::byte* buffers[] = {input, output, current.scratch};
  const auto rows = static_cast<std::uint32_t>(layer.window.output_height);
  kernel(&layer, buffers, 0, split);
  kernel(&layer, buffers, split, rows - split);
}

bool is_exact(const Conv2d& layer, const std::byte* output) {
  const Window& window = layer.window;
  for (int row = 0; row < window.output_height; ++row) {
    for (int column = 0; column < window.output_width; ++column) {
      for (int channel = 0; channel < window.output_channels; ++channel)
        if (static_cast<std::int8_t>(*output++) != expected(layer, row, column, channel))
          return false;
    }
  }
  return true;
}

void compute_and_check(runtime::Microkernel kernel, const Conv2d& layer,
                       std::uint32_t scratch_bytes) {
  const Window& window = layer.window;
  std::memset(current.output, static_cast<int>(kGuard), sizeof current.output);
  std::memset(current.scratch, static_cast<int>(kGuard), sizeof current.scratch);
  compute(kernel, layer, reinterpret_cast<std::byte*>(current.input), current.output,
          static_cast<std::uint32_t>(pick(0, window.output_height)));
  require(is_exact(layer, current.output), "exact");
  const int outputs = window.output_height * window.output_width * window.output_channels;
  require(current.output[outputs] == kGuard, "nothing is written behind the output");
  require(current.scratch[scratch_bytes] == kGuard, "nor behind the scratch");
}

// In two calls, with the input so many bytes behind the output, in the same memory.
bool is_exact_behind(runtime::Microkernel kernel, const Conv2d& layer, std::int64_t lead,
                     int split) {
  std::byte* const output = current.shared + kMostPixels * kMostInputs;
  std::byte* const input = output + lead;
  std::memcpy(input, current.input, sizeof current.input);
  compute(kernel, layer, input, output, static_cast<std::uint32_t>(split));
  return is_exact(layer, output);
}

int spoilt = 0;  // cases that a lead shorter than told has spoilt

struct Leads {
  Lead in_one_call;
  Lead in_any_calls;
};

// `tell` is given where tiles begin, and a Lead.
template <typename Tell>
Leads leads_of(const Tell& tell) {
  Leads leads;
  tell(Tiles::kFromFirst, leads.in_one_call);
  tell(Tiles::kFromAny, leads.in_any_calls);
  return leads;
}

void check_order(runtime::Microkernel kernel, const Conv2d& layer, const Leads& leads) {
  const std::int64_t lead = leads.in_one_call.elements;
  if (lead == Lead::kAny) return;
  require(is_exact_behind(kernel, layer, lead, 0), "exact where the output follows the input");
  require(is_exact_behind(kernel, layer, leads.in_any_calls.elements,
                          pick(0, layer.window.output_height)),
          "exact where it does in calls of some rows");
  const int pixel = layer.window.output_channels;
  if (lead >= pixel && !is_exact_behind(kernel, layer, lead - pixel, 0)) ++spoilt;
}

}  // namespace

int main_task() {
  int lines = 0;
  int wholes = 0;
  for (int i = 0; i < kCases; ++i) {
    make_case();
    const Window& window = current.packed.window;
    compute_and_check(thimble_conv2d_packed, current.packed,
                      packed_scratch_bytes(window, current.packed.segment_taps));
    const Leads packed =
        leads_of([&](Tiles tiles, Lead& lead) { conv2d_packed_order(window, tiles, lead); });
    check_order(thimble_conv2d_packed, current.packed, packed);
    if (current.taps <= current.packed.segment_taps) {
      ++wholes;
      current.whole.segment_taps = current.packed.segment_taps;
      compute_and_check(thimble_conv2d_packed_whole, current.whole, 0);
      check_order(thimble_conv2d_packed_whole, current.whole, packed);
      current.whole.requantization.lowest = 0;
      current.whole.requantization.highest = static_cast<std::int16_t>(pick(1, 255));
      compute_and_check(thimble_conv2d_packed_whole_unsigned, current.whole, 0);
    }
    if (is_line(window)) {
      ++lines;
      compute_and_check(thimble_conv2d_line, current.line, window_scratch_bytes(window));
      const Leads line =
          leads_of([&](Tiles tiles, Lead& lead) { conv2d_line_order(window, tiles, lead); });
      check_order(thimble_conv2d_line, current.line, line);
    }
    compute_and_check(thimble_conv2d_unpacked, current.unpacked, window_scratch_bytes(window));
    const Leads unpacked =
        leads_of([&](Tiles tiles, Lead& lead) { conv2d_unpacked_order(window, tiles, lead); });
    check_order(thimble_conv2d_unpacked, current.unpacked, unpacked);
  }
  require(lines > kCases / 30, "one window");
  require(wholes > kCases / 4, "one segment");
  require(spoilt > kCases / 10, "a pixel less would not do");
  print("TEST PASSED\n");
  return 0;
}

}  // namespace thimble::kernel
