// Random 3x3 depthwise convolutions on the target against their plain definition: the assembly has
// no other test.
#include "microkernels/depthwise_conv2d.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernel/main_task.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "runtime/plan.h"
#include "tests/target/random_numbers.h"

namespace thimble::kernel {
namespace {

using namespace microkernels;

constexpr int kCases = 400;
constexpr int kLargestSide = 9;
constexpr int kMostChannels = 3;
constexpr int kMostPixels = (kLargestSide + 2) * (kLargestSide + 2);
constexpr std::byte kGuard{0x5a};

// All buffers of a case; the output has a guard behind it.
struct Case {
  DepthwiseConv2d layer;
  bool unsigned_input;
  std::int8_t input[kMostPixels * kMostChannels];
  std::byte output[kMostPixels * kMostChannels + 1];
  std::byte shared[3 * kMostPixels * kMostChannels];
  std::int8_t weights[9 * kMostChannels];
  std::int32_t biases[kMostChannels];
  std::uint32_t scales[kMostChannels];
};

Case current;

void make_extents(int stride, bool padded, std::uint16_t& inputs, std::uint16_t& outputs,
                  std::int16_t& before) {
  for (;;) {
    const int size = pick(1, kLargestSide);
    const int first = padded ? pick(0, 1) : 0;
    const int span = size + first + (padded ? pick(0, 1) : 0) - 3;
    if (span < 0) continue;
    inputs = static_cast<std::uint16_t>(size);
    before = static_cast<std::int16_t>(first);
    outputs = static_cast<std::uint16_t>(span / stride + 1);
    return;
  }
}

void make_case() {
  const bool extreme = pick(0, 5) == 0;
  const bool sparse = pick(0, 1) != 0;  // pixels of zero
  current.unsigned_input = false;
  const auto value = [&] {
    return static_cast<std::int8_t>(extreme ? (pick(0, 1) != 0 ? 127 : -128) : pick(-128, 127));
  };
  Window window{};
  const int stride = pick(1, 2);
  const bool padded = pick(0, 3) != 0;
  make_extents(stride, padded, window.input_height, window.output_height, window.pad_top);
  make_extents(stride, padded, window.input_width, window.output_width, window.pad_left);
  const int channels = pick(1, kMostChannels);
  window.input_channels = window.output_channels = static_cast<std::uint16_t>(channels);
  window.kernel_height = window.kernel_width = 3;
  window.stride_y = window.stride_x = static_cast<std::uint16_t>(stride);
  window.dilation_y = window.dilation_x = 1;
  window.input_zero_point = value();
  for (std::int8_t& element : current.input) element = sparse && pick(0, 1) != 0 ? 0 : value();
  for (std::int8_t& element : current.weights) element = value();
  for (int c = 0; c < channels; ++c) {
    current.biases[c] = pick(-20000, 20000);
    current.scales[c] =
        (random_word() | 0x80000000U) >> 5 << 5 | static_cast<std::uint32_t>(pick(5, 13));
  }
  const bool unsigned_output = pick(0, 3) == 0;
  const int zero_point = unsigned_output ? 0 : pick(-128, 127);
  const int lowest = unsigned_output || pick(0, 1) != 0 ? zero_point : pick(-128, zero_point);
  const int most = unsigned_output ? 255 : 127;
  const int highest = pick(0, 1) != 0 ? most : pick(zero_point, most);
  current.layer = {
      window,
      {current.biases, current.scales,
       pick(0, 1) != 0 ? RequantizationForm::kOneSided : RequantizationForm::kSymmetric,
       pick(0, 1) != 0, static_cast<std::int16_t>(zero_point), static_cast<std::int16_t>(lowest),
       static_cast<std::int16_t>(highest), pick(0, 1) != 0, false},
      current.weights,
      1};
}

std::int8_t expected(int row, int column, int channel) {
  const Window& window = current.layer.window;
  std::int32_t sum = 0;
  for (int ky = 0; ky < 3; ++ky) {
    for (int kx = 0; kx < 3; ++kx) {
      const int y = row * window.stride_y - window.pad_top + ky;
      const int x = column * window.stride_x - window.pad_left + kx;
      const bool inside = y >= 0 && y < window.input_height && x >= 0 && x < window.input_width;
      const int tap = 3 * ky + kx;
      const int pixel = y * window.input_width + x;
      const std::int8_t stored = current.input[pixel * window.input_channels + channel];
      const int value = current.unsigned_input ? static_cast<std::uint8_t>(stored) : stored;
      sum += current.weights[9 * channel + tap] * (inside ? value : window.input_zero_point);
    }
  }
  return Requantizer(current.layer.requantization, channel)(sum);
}

void compute(runtime::Microkernel kernel, std::byte* input, std::byte* output,
             std::uint32_t split) {
  std::byte* buffers[] = {input, output, nullptr};
  const auto rows = static_cast<std::uint32_t>(current.layer.window.output_height);
  kernel(&current.layer, buffers, 0, split);
  kernel(&current.layer, buffers, split, rows - split);
}

bool is_exact(const std::byte* output) {
  const Window& window = current.layer.window;
  for (int row = 0; row < window.output_height; ++row) {
    for (int column = 0; column < window.output_width; ++column) {
      for (int channel = 0; channel < window.output_channels; ++channel)
        if (static_cast<std::int8_t>(*output++) != expected(row, column, channel)) return false;
    }
  }
  return true;
}

// In two calls, with the input so many bytes behind the output, in the same memory.
bool is_exact_behind(runtime::Microkernel kernel, std::int64_t lead) {
  std::byte* const output = current.shared + kMostPixels * kMostChannels;
  std::byte* const input = output + lead;
  std::memcpy(input, current.input, sizeof current.input);
  compute(kernel, input, output,
          static_cast<std::uint32_t>(pick(0, current.layer.window.output_height)));
  return is_exact(output);
}

int spoilt = 0;  // cases that a lead shorter than told has spoilt
int kept = 0;    // cases of rows in place

void compute_and_check(runtime::Microkernel kernel, const Lead& lead) {
  const Window& window = current.layer.window;
  std::memset(current.output, static_cast<int>(kGuard), sizeof current.output);
  compute(kernel, reinterpret_cast<std::byte*>(current.input), current.output,
          static_cast<std::uint32_t>(pick(0, window.output_height)));
  require(is_exact(current.output), "exact");
  const int outputs = window.output_height * window.output_width * window.output_channels;
  require(current.output[outputs] == kGuard, "nothing is written behind the output");
  if (lead.elements == Lead::kAny) return;
  const std::int64_t bytes = lead.elements * window.output_channels;
  require(is_exact_behind(kernel, bytes), "exact where the output follows the input");
  if (lead.elements > 0 && !is_exact_behind(kernel, bytes - window.output_channels)) ++spoilt;
}

void check_rows_in_place(runtime::Microkernel kernel) {
  const Window& window = current.layer.window;
  if (!keeps_rows_in_place(window)) return;
  ++kept;
  require(is_exact_behind(kernel, lead_of_rows_in_place(window) * window.output_channels),
          "exact where rows take the place of those that are read");
}

}  // namespace

int main_task() {
  int rectified = 0;
  for (int i = 0; i < kCases; ++i) {
    make_case();
    require(is_depthwise_3x3(current.layer), "what is tested is what is computed");
    Lead lead;
    depthwise_conv2d_3x3_order(current.layer.window, lead);
    compute_and_check(current.layer.window.stride_x == 1 ? thimble_depthwise_conv2d_3x3_stride1
                                                         : thimble_depthwise_conv2d_3x3_stride2,
                      lead);
    check_rows_in_place(thimble_depthwise_conv2d_3x3_stride1);
    Lead small;
    depthwise_conv2d_3x3_small_order(current.layer.window, small);
    compute_and_check(thimble_depthwise_conv2d_3x3_small, small);
    if (is_rectified(current.layer)) {
      ++rectified;
      current.unsigned_input = true;
      current.layer.window.input_zero_point = 0;
      compute_and_check(current.layer.window.stride_x == 1
                            ? thimble_depthwise_conv2d_3x3_stride1_rectified
                            : thimble_depthwise_conv2d_3x3_stride2_rectified,
                        lead);
    }
  }
  require(rectified > kCases / 4, "rectified outputs");
  require(spoilt > kCases / 10, "a pixel less would not do");
  require(kept > kCases / 10, "rows that stay in place");
  print("TEST PASSED\n");
  return 0;
}

}  // namespace thimble::kernel
