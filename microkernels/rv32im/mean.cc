// Means over int8: a sum, then scaled or divided.
#include "microkernels/mean.h"

#include "microkernels/average.h"
#include "microkernels/pool.h"

namespace thimble::microkernels {
namespace {

struct SumFold {
  static constexpr std::int32_t kFirst = 0;
  static std::int32_t next(std::int32_t sum, std::int32_t value) { return sum + value; }
  [[nodiscard]] std::int8_t result(std::int32_t sum, int /*count*/) const {
    const auto mean =
        static_cast<std::int32_t>(apply_scale(sum + layer.bias, layer.scale.multiplier,
                                              layer.scale.shift, layer.double_round)) +
        layer.zero_point;
    const int raised = mean < layer.lowest ? layer.lowest : mean;
    return static_cast<std::int8_t>(raised > layer.highest ? layer.highest : raised);
  }

  const Mean& layer;
};

// Some parts of the only row, but not all at once.
template <typename Fold>
[[gnu::noinline, clang::minsize]] void add_parts(const MeanShape& shape, std::byte* const* buffers,
                                                 std::uint32_t first, std::uint32_t count,
                                                 const Fold& fold) {
  const int channels = shape.channels;
  const int part = shape.values / shape.parts * channels;
  const auto* input =
      reinterpret_cast<const std::int8_t*>(buffers[0]) + static_cast<int>(first) * part;
  auto* output = reinterpret_cast<std::int8_t*>(buffers[1]);
  auto* sums = reinterpret_cast<std::int32_t*>(buffers[2]);
  const bool is_last = first + count == shape.parts;
  const int bytes = static_cast<int>(count) * part;
  for (int channel = 0; channel < channels; ++channel, ++input) {
    std::int32_t sum = first == 0 ? 0 : sums[channel];
    for (int i = 0; i < bytes; i += channels) sum += input[i];
    if (is_last) {
      output[channel] = fold.result(sum, shape.values);
    } else {
      sums[channel] = sum;
    }
  }
}

template <int kTogether, typename Fold>
void mean_rows(const MeanShape& shape, std::byte* const* buffers, std::uint32_t first_row,
               std::uint32_t rows, const Fold& fold) {
  if (shape.parts > 1) {
    if (rows < shape.parts) return add_parts(shape, buffers, first_row, rows, fold);
    rows = 1;
  }
  const int channels = shape.channels;
  const int size = shape.values * channels;
  const auto* input =
      reinterpret_cast<const std::int8_t*>(buffers[0]) + static_cast<int>(first_row) * size;
  auto* output =
      reinterpret_cast<std::int8_t*>(buffers[1]) + static_cast<int>(first_row) * channels;
  for (; rows != 0; --rows, input += size)
    output = fold_pixels<kTogether>({input, 1, shape.values, channels, 0}, fold, output);
}

}  // namespace

extern "C" void thimble_mean(const void* descriptor, std::byte* const* buffers,
                             std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const Mean*>(descriptor);
  mean_rows<4>(layer.shape, buffers, first_row, rows, SumFold{layer});
}

extern "C" [[clang::minsize]] void thimble_mean_small(const void* descriptor,
                                                      std::byte* const* buffers,
                                                      std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const Mean*>(descriptor);
  mean_rows<1>(layer.shape, buffers, first_row, rows, SumFold{layer});
}

extern "C" void thimble_average(const void* descriptor, std::byte* const* buffers,
                                std::uint32_t first_row, std::uint32_t rows) {
  const auto& layer = *static_cast<const Average*>(descriptor);
  mean_rows<4>(layer.shape, buffers, first_row, rows, AverageFold{layer.lowest, layer.highest});
}

extern "C" [[clang::minsize]] void thimble_average_small(const void* descriptor,
                                                         std::byte* const* buffers,
                                                         std::uint32_t first_row,
                                                         std::uint32_t rows) {
  const auto& layer = *static_cast<const Average*>(descriptor);
  mean_rows<1>(layer.shape, buffers, first_row, rows, AverageFold{layer.lowest, layer.highest});
}

}  // namespace thimble::microkernels
