// Convolution around tiles of eight windows all of whose taps are one segment.
#include <algorithm>
#include <cstring>

#include "microkernels/conv2d.h"
#include "microkernels/tile_windows.h"

namespace thimble::microkernels {
namespace {

// Fewer windows: group by group of channels to outputs of its own, of which those that exist are
// copied.
template <void (*kComputeTile)(const WholeTile*)>
void compute_rest(WholeTile tile, int windows) {
  std::int8_t outputs[kTilePixels * kChannelGroup];
  std::int8_t* output = tile.output;
  const auto taps = (tile.words_end - tile.words) / kTileWords;
  const int pitch = tile.pitch;
  tile.output = outputs;
  tile.pitch = kChannelGroup;
  for (int left = tile.channels; left > 0; left -= kChannelGroup) {
    tile.channels = std::min(left, kChannelGroup);
    kComputeTile(&tile);
    std::int8_t* to = output;
    for (const std::int8_t* from = outputs; from != outputs + windows * kChannelGroup;
         from += kChannelGroup, to += pitch) {
      if (tile.channels == kChannelGroup) {
        std::memcpy(to, from, kChannelGroup);  // in line
      } else {
        std::copy_n(from, tile.channels, to);
      }
    }
    output += kChannelGroup;
    tile.scales += kChannelGroup;
    tile.weights += taps * kChannelGroup;
  }
}

template <void (*kComputeTile)(const WholeTile*)>
void compute(const void* descriptor, std::byte* const* buffers, std::uint32_t first_row,
             std::uint32_t rows) {
  const auto& layer = *static_cast<const Conv2d*>(descriptor);
  const Window& window = layer.window;
  const int taps = window.kernel_height * window.kernel_width * window.input_channels;
  std::uint32_t words[kSegmentTaps * kTileWords];
  WholeTile tile;
  tile.words = words;
  tile.weights = static_cast<const std::int8_t*>(layer.weights);
  tile.scales = static_cast<const ThresholdScale*>(layer.requantization.scales);
  tile.output = reinterpret_cast<std::int8_t*>(buffers[1]) +
                static_cast<int>(first_row) * window.output_width * window.output_channels;
  tile.pitch = window.output_channels;
  tile.channels = window.output_channels;
  tile.lowest = layer.requantization.lowest;
  tile.outputs = layer.requantization.highest - tile.lowest + 1;
  TileWindows windows(window, reinterpret_cast<const std::int8_t*>(buffers[0]),
                      static_cast<int>(first_row));
  int left = static_cast<int>(rows) * window.output_width;
  std::uint32_t* const end = words + taps * kTileWords;
  tile.words_end = end + (-taps & (kUnrolledTaps - 1)) * kTileWords;
  for (std::uint32_t* word = end; word != tile.words_end; ++word) *word = 0;
  for (; left >= kTilePixels; left -= kTilePixels) {
    windows.next(kTilePixels);
    windows.pack_all(words);
    kComputeTile(&tile);
    tile.output += kTilePixels * tile.pitch;
  }
  if (left == 0) return;
  windows.next(left);
  windows.pack_all(words);
  compute_rest<kComputeTile>(tile, left);
}

}  // namespace

extern "C" void thimble_conv2d_packed_whole(const void* descriptor, std::byte* const* buffers,
                                            std::uint32_t first_row, std::uint32_t rows) {
  compute<thimble_whole_tile>(descriptor, buffers, first_row, rows);
}

extern "C" void thimble_conv2d_packed_whole_unsigned(const void* descriptor,
                                                     std::byte* const* buffers,
                                                     std::uint32_t first_row, std::uint32_t rows) {
  compute<thimble_whole_tile_unsigned>(descriptor, buffers, first_row, rows);
}

}  // namespace thimble::microkernels
