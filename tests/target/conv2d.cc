// Random convolutions on the target against their plain definition. The assembly has no other test
// of its own.
#include "microkernels/conv2d.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernel/main_task.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "runtime/plan.h"
#include "tests/target/conv2d_case.h"

namespace thimble::kernel {
namespace {

using namespace microkernels;

constexpr int kCases = 300;
constexpr std::byte kGuard{0x5a};

Conv2dCase current;

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
        sum += current.weight(channel, tap) *
               (inside ? current.input[place] : window.input_zero_point);
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
    current.make();
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
