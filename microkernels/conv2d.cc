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
  tile.pitch = layer.window.output_channels;
  tile.weights = static_cast<const std::byte*>(layer.weights);
  tile.runs = static_cast<const std::uint32_t*>(layer.runs);
  tile.biases = static_cast<const std::int32_t*>(requantization.biases);
  tile.scales = static_cast<const std::uint32_t*>(requantization.scales);
  tile.scale_step = requantization.per_channel ? sizeof(std::uint32_t) : 0;
  tile.channels = layer.window.output_channels;
  tile.twice_zero_point = 2 * requantization.zero_point + 1;
  tile.lowest = requantization.lowest;
  tile.highest = requantization.highest;
  tile.double_round = requantization.double_round ? 1 : 0;
  tile.symmetric = requantization.form == RequantizationForm::kSymmetric ? 1 : 0;
  tile.tiles = 1;
  tile.rows = rows_apart(layer.window);
  tile.row_taps = layer.window.kernel_height * layer.window.kernel_width *
                  layer.window.input_channels / tile.rows;
  tile.row_step = 0;
  return tile;
}

// Windows of one pixel, all pixels of the input in their order.
bool walks_in_line(const Window& window) {
  return reads_in_place(window) && window.kernel_width == 1 && window.stride_y == 1 &&
         window.stride_x == 1 && window.input_width == window.output_width;
}

void compute(Tile& tile, int pixels) {
  if (pixels == 3) return thimble_packed_tile_3(&tile);
  if (pixels == 2) return thimble_packed_tile_2(&tile);
  thimble_packed_tile_1(&tile);
}

}  // namespace

extern "C" void thimble_conv2d_packed(const void* descriptor, std::byte* const* buffers,
                                      std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const Conv2d*>(descriptor);
  const Window& window = layer.window;
  const int first = static_cast<int>(first_row) * window.output_width;
  int left = static_cast<int>(rows) * window.output_width;
  Tile tile = begin(layer);
  WindowReader reader(window, buffers, static_cast<int>(first_row),
                      tile.rows > 1 || reads_in_place(window));
  const int row_step =
      tile.rows > 1 ? window.dilation_y * window.input_width * window.input_channels - tile.row_taps
                    : 0;
  tile.output = reinterpret_cast<std::int8_t*>(buffers[1]) + first * window.output_channels;
  tile.pixel_step = kTilePixels * window.stride_x * window.input_channels;
  if (window.output_height * window.output_width == 1) {
    if (left == 0) return;
    tile.row_step = reader.next(1, tile.pixels) ? row_step : 0;
    return thimble_packed_line(&tile);
  }
  if (walks_in_line(window) && left >= kTilePixels) {
    static_cast<void>(reader.next(kTilePixels, tile.pixels));
    tile.tiles = left / kTilePixels;
    left %= kTilePixels;
    thimble_packed_tile_3(&tile);
    if (left == 0) return;
    for (int p = 0; p < left; ++p) tile.pixels[p] += tile.pixel_step;
    tile.output += kTilePixels * tile.pitch;
    return compute(tile, left);
  }
  while (left > 0) {
    const int pixels = left < kTilePixels ? left : kTilePixels;
    const bool in_place = reader.next(pixels, tile.pixels);
    tile.row_step = in_place ? row_step : 0;
    tile.tiles = in_place && pixels == kTilePixels ? 1 + reader.follow() : 1;
    left -= tile.tiles * pixels;
    compute(tile, pixels);
    tile.output += pixels * tile.pitch;
  }
}

}  // namespace thimble::microkernels
