// Convolution around tiles of eight windows, which are packed segment by segment of their taps.
#include "microkernels/conv2d.h"

#include <algorithm>

#include "microkernels/tile_windows.h"

namespace thimble::microkernels {
namespace {

// What all tiles have in common.
PackedTile common(const Conv2d& layer) {
  const Requantization& requantization = layer.requantization;
  PackedTile tile;
  tile.pitch = layer.window.output_channels;
  tile.scale_step = requantization.per_channel ? sizeof(std::uint32_t) : 0;
  tile.twice_zero_point = 2 * requantization.zero_point + 1;
  tile.lowest = requantization.lowest;
  tile.highest = requantization.highest;
  tile.double_round = requantization.double_round ? 1 : 0;
  tile.symmetric = requantization.form == RequantizationForm::kSymmetric ? 1 : 0;
  return tile;
}

}  // namespace

extern "C" void thimble_conv2d_packed(const void* descriptor, std::byte* const* buffers,
                                      std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const Conv2d*>(descriptor);
  const Window& window = layer.window;
  const int taps = window.kernel_height * window.kernel_width * window.input_channels;
  const ChannelGroups groups = channel_groups(window.output_channels);
  auto* const sums =
      taps > layer.segment_taps ? reinterpret_cast<std::int32_t*>(buffers[2]) : nullptr;
  auto* output = reinterpret_cast<std::int8_t*>(buffers[1]) +
                 static_cast<int>(first_row) * window.output_width * window.output_channels;
  std::uint32_t words[kSegmentTaps * kTileWords];
  PackedTile tile = common(layer);
  TileWindows windows(window, reinterpret_cast<const std::int8_t*>(buffers[0]),
                      static_cast<int>(first_row));
  tile.words = words;
  for (int left = static_cast<int>(rows) * window.output_width; left > 0; left -= kTilePixels) {
    const int pixels = std::min(left, kTilePixels);
    windows.next(pixels);
    tile.output = output;
    tile.windows = pixels == kTilePixels ? 0 : pixels;
    output += pixels * window.output_channels;
    tile.weights = static_cast<const std::int8_t*>(layer.weights);
    tile.biases = static_cast<const std::int32_t*>(layer.requantization.biases);
    tile.scales = static_cast<const std::uint32_t*>(layer.requantization.scales);
    for (int first = 0; first < taps; first += layer.segment_taps) {
      const int count = std::min<int>(layer.segment_taps, taps - first);
      tile.words_end = windows.pack(count, words);
      tile.groups = groups;
      tile.channels = window.output_channels;
      tile.sums = sums;
      tile.is_first = first == 0 ? 1 : 0;
      tile.is_last = first + count == taps ? 1 : 0;
      thimble_packed_tile(&tile);
    }
  }
}

}  // namespace thimble::microkernels
