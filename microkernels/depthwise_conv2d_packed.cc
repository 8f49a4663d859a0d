// Depthwise convolution of any shape, two products for one multiplication: row by row of each
// channel. A word holds two pixels, x0 + (x1 << 16), that lie under the same tap in a window of the
// left half of a row and in one of the right half: a word times a weight is a product of both.
#include "microkernels/depthwise_conv2d.h"
#include "microkernels/packed_lines.h"

namespace thimble::microkernels {
namespace {

// A row of windows of one channel.
struct Row {
  const Window& window;
  const PackedLines& lines;
  int y;                       // the first row under the windows that lies inside
  int kernel_rows;             // how many do
  const std::int8_t* weights;  // of the first of them
  int run;                     // taps of a kernel's row whose sums fit 16 bits
  std::int32_t* sums;
};

// Sums of a tile's windows of either half.
template <int kTile>
class Sums {
 public:
  // Takes the halves of a run's sums apart.
  void add(const std::uint32_t (&run)[kTile]) {
    for (int i = 0; i < kTile; ++i) {
      all_[i] += run[i];
      upper_[i] += static_cast<std::int32_t>(run[i] + 0x8000U) >> 16;
    }
  }
  void store(std::int32_t* left, std::int32_t* right) const {
    for (int i = 0; i < kTile; ++i) {
      left[i] = static_cast<std::int32_t>(all_[i] - (static_cast<std::uint32_t>(upper_[i]) << 16U));
      right[i] = upper_[i];
    }
  }

 private:
  std::uint32_t all_[kTile]{};
  std::int32_t upper_[kTile]{};
};

// Calls add(words, weights, sums) for each row of the kernel and each tile of windows, which lie
// `step` words apart.
template <int kTile, typename AddRow>
void sum_tiles(const Row& row, int step, const AddRow& add) {
  const int half = (row.window.output_width + 1) / 2;
  const int width = row.window.kernel_width;
  const int rows = row.kernel_rows;
  const std::uint32_t* const first_line = row.lines.line(row.y);
  const std::uint32_t* const end = row.lines.end();
  const auto round = end - row.lines.line(0);
  const int next = row.window.dilation_y * row.lines.words();
  // From right to left: what a last tile has too much is written over.
  for (int x = depthwise_packed_half(row.window) - kTile; x >= 0; x -= kTile) {
    Sums<kTile> sums;
    const std::uint32_t* line = first_line;
    const std::int8_t* weights = row.weights;
    for (int ky = 0; ky < rows; ++ky, weights += width) {
      add(line + x * step, weights, sums);
      line += next;
      if (line >= end) line -= round;
    }
    sums.store(row.sums + x, row.sums + half + x);
  }
}

// Windows of kWidth neighbouring columns, kStride columns apart.
template <int kTile, int kWidth, int kStride, int kRun>
void sum_windows(const Row& row) {
  const auto add = [](const std::uint32_t* words, const std::int8_t* weights, Sums<kTile>& sums) {
#pragma clang loop unroll(full)
    for (int first = 0; first < kWidth; first += kRun) {
      std::uint32_t run[kTile]{};
#pragma clang loop unroll(full)
      for (int tap = first; tap < first + kRun && tap < kWidth; ++tap) {
        const auto weight = static_cast<std::uint32_t>(weights[tap]);
        for (int i = 0; i < kTile; ++i) run[i] += words[tap + i * kStride] * weight;
      }
      sums.add(run);
    }
  };
  sum_tiles<kTile>(row, kStride, add);
}

// Any others.
template <int kTile>
void sum_any_windows(const Row& row) {
  const int step = row.window.stride_x;
  const int dilation = row.window.dilation_x;
  const int width = row.window.kernel_width;
  const int most = row.run;
  const auto add = [=](const std::uint32_t* words, const std::int8_t* weights, Sums<kTile>& sums) {
    for (int left = width; left > 0;) {
      std::uint32_t run[kTile]{};
      int taps = left < most ? left : most;
      left -= taps;
      for (; taps > 0; --taps, words += dilation) {
        const auto weight = static_cast<std::uint32_t>(*weights++);
        for (int i = 0; i < kTile; ++i) run[i] += words[i * step] * weight;
      }
      sums.add(run);
    }
  };
  sum_tiles<kTile>(row, step, add);
}

void sum_any_windows(const Row& row) {
  if (depthwise_packed_tile(row.window) == kSmallTile) return sum_any_windows<kSmallTile>(row);
  sum_any_windows<kLargeTile>(row);
}

template <int kTile, int kWidth, int kStride>
void sum_windows(const Row& row) {
  constexpr int kHalf = (kWidth + 1) / 2;
  if (row.run == kWidth) return sum_windows<kTile, kWidth, kStride, kWidth>(row);
  if (row.run == kHalf) return sum_windows<kTile, kWidth, kStride, kHalf>(row);
  sum_any_windows<kTile>(row);
}

template <int kTile, int kWidth>
void sum_windows(const Row& row) {
  if (row.window.stride_x == 1) return sum_windows<kTile, kWidth, 1>(row);
  sum_windows<kTile, kWidth, 2>(row);
}

template <int kWidth>
void sum_windows(const Row& row) {
  if (depthwise_packed_tile(row.window) == kSmallTile) return sum_windows<kSmallTile, kWidth>(row);
  sum_windows<kLargeTile, kWidth>(row);
}

// Which rows of the kernel lie inside the input, for a row of windows.
struct KernelRows {
  KernelRows(const Window& window, int row)
      : top(row * window.stride_y - window.pad_top), first(0), end(window.kernel_height) {
    const int dilation = window.dilation_y;
    if (top >= 0 && top + (end - 1) * dilation < window.input_height) return;
    const int below = window.input_height - top;
    const int last = below > 0 ? (below + dilation - 1) / dilation : 0;
    end = last < end ? last : end;
    first = top < 0 ? (dilation - 1 - top) / dilation : 0;
    first = first < end ? first : end;
  }

  int top;  // row of input under the first one
  int first;
  int end;
};

// What the other rows add to each sum.
std::int32_t outside(const Window& window, const std::int8_t* weights, const KernelRows& rows) {
  const int width = window.kernel_width;
  std::int32_t sum = 0;
  for (int i = 0; i < rows.first * width; ++i) sum += weights[i];
  for (int i = rows.end * width; i < window.kernel_height * width; ++i) sum += weights[i];
  return sum * window.input_zero_point;
}

// Requantizes the sums of one channel.
class Outputs {
 public:
  Outputs(const DepthwiseConv2d& layer, int channel)
      : layer_(layer.requantization),
        channel_(channel),
        width_(layer.window.output_width),
        step_(layer.window.output_channels),
        lowest_(layer_.lowest),
        highest_(layer_.highest),
        is_symmetric_(layer_.form == RequantizationForm::kSymmetric) {
    if (layer_.form == RequantizationForm::kReference) return;
    const auto* const scales = static_cast<const std::uint32_t*>(layer_.scales);
    multiplier_ = scales[layer_.per_channel ? channel : 0];
    offset_ = rounding_offset(multiplier_, layer_.zero_point, layer_.double_round);
    bias_ = static_cast<const std::int32_t*>(layer_.biases)[channel];
  }

  // A row of them, to each of which `more` is added.
  void write(const std::int32_t* sums, std::int32_t more, std::int8_t* output) const {
    const std::int32_t* const end = sums + width_;
    if (layer_.form == RequantizationForm::kReference) {
      const Requantizer requantize(layer_, channel_);
      for (; sums != end; ++sums, output += step_) *output = requantize(*sums + more);
      return;
    }
    more += bias_;
    for (; sums != end; ++sums, output += step_) {
      std::int32_t result = scaled(*sums + more, multiplier_, offset_, is_symmetric_);
      result = result < lowest_ ? lowest_ : result;
      result = result > highest_ ? highest_ : result;
      *output = static_cast<std::int8_t>(result);
    }
  }

 private:
  const Requantization& layer_;
  int channel_;
  int width_;
  int step_;
  std::int32_t lowest_;
  std::int32_t highest_;
  bool is_symmetric_;
  std::uint32_t multiplier_ = 0;
  std::int32_t offset_ = 0;
  std::int32_t bias_ = 0;
};

void compute(const void* descriptor, std::byte* const* buffers, std::uint32_t first_row,
             std::uint32_t rows, void (*sum)(const Row&)) {
  // A copy of its own: outputs are bytes, which might be anything of the descriptor's.
  const DepthwiseConv2d layer = *static_cast<const DepthwiseConv2d*>(descriptor);
  const Window& window = layer.window;
  const int row_bytes = window.output_width * window.output_channels;
  const int taps = window.kernel_height * window.kernel_width;
  auto* const sums = reinterpret_cast<std::int32_t*>(buffers[2]);
  PackedLines lines(window, reinterpret_cast<std::uint32_t*>(sums) + depthwise_packed_sums(window));
  const auto* weights = static_cast<const std::int8_t*>(layer.weights);
  const int first_output = static_cast<int>(first_row) * row_bytes;
  for (int channel = 0; channel < window.output_channels; ++channel) {
    lines.begin(reinterpret_cast<const std::int8_t*>(buffers[0]) + channel / layer.multiplier);
    const int run = *weights++;
    const Outputs outputs(layer, channel);
    auto* output = reinterpret_cast<std::int8_t*>(buffers[1]) + first_output + channel;
    for (std::uint32_t row = first_row; row < first_row + rows; ++row, output += row_bytes) {
      const KernelRows kernel(window, static_cast<int>(row));
      const int count = kernel.end - kernel.first;
      // With dilation those between are the next windows'.
      lines.read(kernel.top > 0 ? kernel.top : 0,
                 kernel.top + (kernel.end - 1) * window.dilation_y);
      sum({window, lines, count > 0 ? kernel.top + kernel.first * window.dilation_y : 0, count,
           weights + kernel.first * window.kernel_width, run, sums});
      outputs.write(sums, count == window.kernel_height ? 0 : outside(window, weights, kernel),
                    output);
    }
    weights += taps;
  }
}

}  // namespace

extern "C" void thimble_depthwise_conv2d_packed_3(const void* descriptor, std::byte* const* buffers,
                                                  std::uint32_t first_row, std::uint32_t rows) {
  compute(descriptor, buffers, first_row, rows, sum_windows<3>);
}

extern "C" void thimble_depthwise_conv2d_packed_5(const void* descriptor, std::byte* const* buffers,
                                                  std::uint32_t first_row, std::uint32_t rows) {
  compute(descriptor, buffers, first_row, rows, sum_windows<5>);
}

extern "C" void thimble_depthwise_conv2d_packed_7(const void* descriptor, std::byte* const* buffers,
                                                  std::uint32_t first_row, std::uint32_t rows) {
  compute(descriptor, buffers, first_row, rows, sum_windows<7>);
}

extern "C" void thimble_depthwise_conv2d_packed(const void* descriptor, std::byte* const* buffers,
                                                std::uint32_t first_row, std::uint32_t rows) {
  compute(descriptor, buffers, first_row, rows, sum_any_windows);
}

}  // namespace thimble::microkernels
