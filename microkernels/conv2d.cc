// Convolution around tiles: the windows of three neighbouring pixels lie one after the other,
// gathered with the border filled in, so that padding and every window shape look alike to the
// tile. What is a line of memory already is read in place.
#include "microkernels/conv2d.h"

#include <cstring>

namespace thimble::microkernels {
namespace {

// Copies the window of output pixel (row, column) to `patch`, tap after tap.
void gather(const Window& window, const std::int8_t* input, int row, int column,
            std::int8_t* patch) {
  const int top = row * window.stride_y - window.pad_top;
  const int left = column * window.stride_x - window.pad_left;
  const int depth = window.input_channels;
  for (int ky = 0; ky < window.kernel_height; ++ky) {
    const int y = top + ky * window.dilation_y;
    const bool row_inside = y >= 0 && y < window.input_height;
    const std::int8_t* line = input + y * window.input_width * depth;
    if (row_inside && window.dilation_x == 1 && left >= 0 &&
        left + window.kernel_width <= window.input_width) {
      std::memcpy(patch, line + left * depth,
                  static_cast<std::size_t>(window.kernel_width * depth));
      patch += window.kernel_width * depth;
      continue;
    }
    for (int kx = 0; kx < window.kernel_width; ++kx, patch += depth) {
      const int x = left + kx * window.dilation_x;
      if (row_inside && x >= 0 && x < window.input_width) {
        std::memcpy(patch, line + x * depth, static_cast<std::size_t>(depth));
      } else {
        std::memset(patch, window.input_zero_point, static_cast<std::size_t>(depth));
      }
    }
  }
}

// Walks over the output's pixels, row after row.
struct Position {
  int row;
  int column;
  void advance(const Window& window) {
    if (++column < window.output_width) return;
    column = 0;
    ++row;
  }
};

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
  const auto* input = reinterpret_cast<const std::int8_t*>(buffers[0]);
  auto* scratch = reinterpret_cast<std::int8_t*>(buffers[2]);
  const bool in_place = reads_in_place(window);
  const int pitch =
      (window.kernel_height * window.kernel_width * window.input_channels + 3) / 4 * 4;
  Position position{static_cast<int>(first_row), 0};
  auto* output = reinterpret_cast<std::int8_t*>(buffers[1]) +
                 position.row * window.output_width * window.output_channels;
  Tile tile = begin(layer);
  for (int left = static_cast<int>(rows) * window.output_width; left > 0;) {
    const int pixels = left < kTilePixels ? left : kTilePixels;
    for (int p = 0; p < pixels; ++p) {
      if (in_place) {
        tile.pixels[p] = input + (position.row * window.stride_y * window.input_width +
                                  position.column * window.stride_x) *
                                     window.input_channels;
      } else {
        std::int8_t* patch = scratch + p * pitch;
        gather(window, input, position.row, position.column, patch);
        tile.pixels[p] = patch;
      }
      tile.outputs[p] = output;
      output += window.output_channels;
      position.advance(window);
    }
    compute(layer, tile, pixels);
    left -= pixels;
  }
}

}  // namespace thimble::microkernels
