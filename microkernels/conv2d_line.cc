// Convolution with one window: fully connected layers above all.
#include "microkernels/conv2d.h"
#include "microkernels/gather.h"

namespace thimble::microkernels {

extern "C" void thimble_conv2d_line(const void* descriptor, std::byte* const* buffers,
                                    std::uint32_t first_row, std::uint32_t rows) {
  if (rows == 0) return;
  const auto& layer = *static_cast<const Conv2d*>(descriptor);
  const Window& window = layer.window;
  const Requantization& requantization = layer.requantization;
  Line line;
  WindowReader reader(window, buffers, static_cast<int>(first_row), reads_in_place(window));
  static_cast<void>(reader.next(1, &line.pixel));
  line.output = reinterpret_cast<std::int8_t*>(buffers[1]);
  line.weights = static_cast<const std::byte*>(layer.weights);
  line.runs = static_cast<const std::uint8_t*>(layer.runs);
  line.biases = static_cast<const std::int32_t*>(requantization.biases);
  line.scales = static_cast<const std::uint32_t*>(requantization.scales);
  line.scale_step = requantization.per_channel ? sizeof(std::uint32_t) : 0;
  line.channels = window.output_channels;
  line.twice_zero_point = 2 * requantization.zero_point + 1;
  line.lowest = requantization.lowest;
  line.highest = requantization.highest;
  line.double_round = requantization.double_round ? 1 : 0;
  line.symmetric = requantization.form == RequantizationForm::kSymmetric ? 1 : 0;
  thimble_packed_line(&line);
}

}  // namespace thimble::microkernels
