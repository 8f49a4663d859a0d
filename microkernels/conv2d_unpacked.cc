// Convolution from one byte a weight: the smallest. Two windows and four channels at a time; the
// channels that are left at the end are summed one by one.
#include "microkernels/conv2d.h"
#include "microkernels/gather.h"

namespace thimble::microkernels {
namespace {

constexpr int kPixels = kUnpackedPixels;

void store(const Requantization& requantization, int channel, const std::int32_t* sums, int pitch,
           std::int8_t* const* outputs, int pixels) {
  const Requantizer requantize(requantization, channel);
  for (int p = 0; p < pixels; ++p) outputs[p][channel] = requantize(sums[p * pitch]);
}

}  // namespace

extern "C" void thimble_conv2d_unpacked(const void* descriptor, std::byte* const* buffers,
                                        std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const Conv2d*>(descriptor);
  const Window& window = layer.window;
  const int taps = window.kernel_height * window.kernel_width * window.input_channels;
  const int grouped = window.output_channels / kChannelGroup * kChannelGroup;
  WindowReader reader(window, buffers, static_cast<int>(first_row), reads_in_place(window));
  auto* output = reinterpret_cast<std::int8_t*>(buffers[1]) +
                 static_cast<int>(first_row) * window.output_width * window.output_channels;
  for (int left = static_cast<int>(rows) * window.output_width; left > 0; left -= kPixels) {
    const int pixels = left < kPixels ? left : kPixels;
    const std::int8_t* patches[kPixels];
    std::int8_t* outputs[kPixels];
    static_cast<void>(reader.next(pixels, patches));
    for (int p = 0; p < pixels; ++p) {
      outputs[p] = output;
      output += window.output_channels;
    }
    const auto* weights = static_cast<const std::uint32_t*>(layer.weights);
    const auto* runs = static_cast<const std::uint8_t*>(layer.runs);
    std::int32_t sums[kPixels * kChannelGroup];
    int channel = 0;
    for (; channel < grouped; channel += kChannelGroup, weights += taps) {
      if (pixels == 1) {
        thimble_unpacked_sums_1(patches[0], nullptr, weights, static_cast<std::uint32_t>(taps),
                                *runs++, sums);
      } else {
        thimble_unpacked_sums(patches[0], patches[1], weights, static_cast<std::uint32_t>(taps),
                              *runs++, sums);
      }
      for (int c = 0; c < kChannelGroup; ++c)
        store(layer.requantization, channel + c, sums + c, kChannelGroup, outputs, pixels);
    }
    const auto* rest = reinterpret_cast<const std::int8_t*>(weights);
    for (; channel < window.output_channels; ++channel, rest += taps) {
      for (int p = 0; p < pixels; ++p) {
        sums[p] = 0;
        for (int tap = 0; tap < taps; ++tap) sums[p] += patches[p][tap] * rest[tap];
      }
      store(layer.requantization, channel, sums, 1, outputs, pixels);
    }
  }
}

}  // namespace thimble::microkernels
