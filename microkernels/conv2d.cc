// Convolution around tiles: the windows of three neighbouring pixels lie one after the other,
// gathered with the border filled in, so that padding and every window shape look alike to the
// tile. What is a line of memory already is read in place.
#include "microkernels/conv2d.h"

#include "microkernels/gather.h"

namespace thimble::microkernels {
namespace {

Tile begin(const Conv2d& layer) {
  const Requantization& requantization = layer.requantization;
  Tile tile;
  tile.scale_step = requantization.per_channel ? sizeof(std::uint32_t) : 0;
  tile.twice_zero_point = 2 * requantization.zero_point + 1;
  tile.lowest = requantization.lowest;
  tile.highest = requantization.highest;
  tile.double_round = requantization.double_round ? 1 : 0;
  tile.symmetric = requantization.form == RequantizationForm::kSymmetric ? 1 : 0;
  return tile;
}

void compute(const Conv2d& layer, Tile& tile, int pixels) {
  tile.weights = static_cast<const std::byte*>(layer.weights);
  tile.runs = static_cast<const std::uint8_t*>(layer.runs);
  tile.biases = static_cast<const std::int32_t*>(layer.requantization.biases);
  tile.scales = static_cast<const std::uint32_t*>(layer.requantization.scales);
  tile.channels = layer.window.output_channels;
  if (layer.window.output_height * layer.window.output_width == 1)
    return thimble_packed_line(&tile);
  if (pixels == 3) return thimble_packed_tile_3(&tile);
  if (pixels == 2) return thimble_packed_tile_2(&tile);
  thimble_packed_tile_1(&tile);
}

}  // namespace

extern "C" void thimble_conv2d_packed(const void* descriptor, std::byte* const* buffers,
                                      std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const Conv2d*>(descriptor);
  const Window& window = layer.window;
  WindowReader reader(window, buffers, static_cast<int>(first_row));
  auto* output = reinterpret_cast<std::int8_t*>(buffers[1]) +
                 static_cast<int>(first_row) * window.output_width * window.output_channels;
  Tile tile = begin(layer);
  for (int left = static_cast<int>(rows) * window.output_width; left > 0;) {
    const int pixels = left < kTilePixels ? left : kTilePixels;
    for (int p = 0; p < pixels; ++p) {
      tile.pixels[p] = reader.next(p);
      tile.outputs[p] = output;
      output += window.output_channels;
    }
    compute(layer, tile, pixels);
    left -= pixels;
  }
}

}  // namespace thimble::microkernels
