// Random pools and means of every shape against their definitions, written down plainly.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "microkernels/average_pool2d.h"
#include "microkernels/max_pool2d.h"
#include "microkernels/mean.h"

namespace thimble::microkernels {
namespace {

using Kernel = void (*)(const void*, std::byte* const*, std::uint32_t, std::uint32_t);

constexpr int kCasesEach = 40;

class Pools : public testing::TestWithParam<int> {
 protected:
  int pick(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }

  void fill(int count) {
    const int low = pick(0, 3) == 0 ? pick(-128, 127) : -128;
    const int high = pick(0, 3) == 0 ? pick(low, 127) : std::max(low, 127);
    input_.clear();
    for (int i = 0; i < count; ++i)
      input_.push_back(static_cast<std::int8_t>(pick(0, 7) == 0 ? low : pick(low, high)));
  }

  // A window that has at least one pixel of the input in each place.
  Window make_window() {
    for (;;) {
      const int height = pick(1, 9);
      const int width = pick(1, 9);
      const int kernel_height = pick(1, 6);
      const int kernel_width = pick(1, 6);
      const int stride_y = pick(1, 4);
      const int stride_x = pick(1, 4);
      const int top = pick(0, kernel_height - 1);
      const int left = pick(0, kernel_width - 1);
      const int span_y = height + top + pick(0, kernel_height - 1) - kernel_height;
      const int span_x = width + left + pick(0, kernel_width - 1) - kernel_width;
      const int channels = pick(1, 11);
      if (span_y < 0 || span_x < 0) continue;
      const auto u16 = [](int value) { return static_cast<std::uint16_t>(value); };
      Window window{};
      window.input_height = u16(height);
      window.input_width = u16(width);
      window.input_channels = window.output_channels = u16(channels);
      window.output_height = u16(span_y / stride_y + 1);
      window.output_width = u16(span_x / stride_x + 1);
      window.kernel_height = u16(kernel_height);
      window.kernel_width = u16(kernel_width);
      window.stride_y = u16(stride_y);
      window.stride_x = u16(stride_x);
      window.dilation_y = window.dilation_x = 1;
      window.pad_top = static_cast<std::int16_t>(top);
      window.pad_left = static_cast<std::int16_t>(left);
      return window;
    }
  }

  // All values of one channel that the window at (y, x) covers.
  [[nodiscard]] std::vector<int> covered(const Window& window, int y, int x, int channel) const {
    std::vector<int> values;
    for (int in_y = 0; in_y < window.input_height; ++in_y) {
      for (int in_x = 0; in_x < window.input_width; ++in_x) {
        const int dy = in_y + window.pad_top - y * window.stride_y;
        const int dx = in_x + window.pad_left - x * window.stride_x;
        if (dy < 0 || dx < 0 || dy >= window.kernel_height || dx >= window.kernel_width) continue;
        const int place = (in_y * window.input_width + in_x) * window.input_channels + channel;
        values.push_back(input_[static_cast<std::size_t>(place)]);
      }
    }
    return values;
  }

  // Runs the microkernel in two calls, split at a random row.
  std::vector<std::int8_t> run(Kernel kernel, const void* descriptor, int rows, int row_size) {
    constexpr std::int8_t kGuard = 77;
    std::vector<std::int8_t> output(static_cast<std::size_t>(rows * row_size) + 1, kGuard);
    std::byte* buffers[] = {reinterpret_cast<std::byte*>(input_.data()),
                            reinterpret_cast<std::byte*>(output.data())};
    const auto split = static_cast<std::uint32_t>(pick(0, rows));
    kernel(descriptor, buffers, 0, split);
    kernel(descriptor, buffers, split, static_cast<std::uint32_t>(rows) - split);
    EXPECT_EQ(output.back(), kGuard);
    output.pop_back();
    return output;
  }

  template <typename Expected>
  void check_pool(Kernel kernel, const void* descriptor, const Window& window,
                  const Expected& expected) {
    const std::vector<std::int8_t> output =
        run(kernel, descriptor, window.output_height, window.output_width * window.output_channels);
    std::size_t at = 0;
    for (int y = 0; y < window.output_height; ++y) {
      for (int x = 0; x < window.output_width; ++x) {
        for (int c = 0; c < window.output_channels; ++c, ++at)
          ASSERT_EQ(output[at], expected(covered(window, y, x, c)));
      }
    }
  }

  std::mt19937 random_{static_cast<unsigned>(GetParam())};
  std::vector<std::int8_t> input_;
};

// TOSA's division: a reciprocal of 31 bits, rounded.
int average(const std::vector<int>& values, int lowest, int highest) {
  std::int64_t sum = 0;
  for (const int value : values) sum += value;
  int bits = 0;
  while (std::size_t{1} << bits < values.size()) ++bits;
  const std::int64_t reciprocal =
      (((std::int64_t{1} << 30) + 1) << bits) / static_cast<std::int64_t>(values.size());
  const std::int64_t half = std::int64_t{1} << (29 + bits);
  return static_cast<int>(
      std::clamp<std::int64_t>((sum * reciprocal + half) >> (30 + bits), lowest, highest));
}

TEST_P(Pools, MaximaAreExact) {
  for (int i = 0; i < kCasesEach; ++i) {
    SCOPED_TRACE(i);
    const int low = pick(0, 1) == 0 ? -128 : pick(-128, 100);
    const int high = pick(0, 1) == 0 ? 127 : pick(low, 127);
    const MaxPool2d layer{make_window(), static_cast<std::int8_t>(low),
                          static_cast<std::int8_t>(high)};
    const Window& window = layer.window;
    fill(window.input_height * window.input_width * window.input_channels);
    for (const Kernel kernel : {&thimble_max_pool2d, &thimble_max_pool2d_small}) {
      check_pool(kernel, &layer, window, [&](const std::vector<int>& values) {
        return std::clamp(std::ranges::max(values), low, high);
      });
    }
  }
}

TEST_P(Pools, AveragesAreExact) {
  for (int i = 0; i < kCasesEach; ++i) {
    SCOPED_TRACE(i);
    const int low = pick(0, 1) == 0 ? -128 : pick(-128, 100);
    const int high = pick(0, 1) == 0 ? 127 : pick(low, 127);
    const AveragePool2d layer{make_window(), static_cast<std::int8_t>(low),
                              static_cast<std::int8_t>(high)};
    const Window& window = layer.window;
    fill(window.input_height * window.input_width * window.input_channels);
    for (const Kernel kernel : {&thimble_average_pool2d, &thimble_average_pool2d_small}) {
      check_pool(kernel, &layer, window, [&](const std::vector<int>& values) {
        return average(values, low, layer.highest);
      });
    }
  }
}

class Means : public Pools {
 protected:
  struct Shape {
    int rows;
    MeanShape each;
  };
  Shape make_shape() {
    const int parts = pick(0, 1) == 0 ? pick(2, 9) : 1;
    const int values = (pick(0, 9) == 0 ? pick(100, 3000) : pick(1, 99)) * parts;
    const auto u16 = [](int value) { return static_cast<std::uint16_t>(value); };
    const Shape shape{parts > 1 ? 1 : pick(1, 4), {u16(values), u16(pick(1, 11)), u16(parts)}};
    fill(shape.rows * shape.each.values * shape.each.channels);
    return shape;
  }

  // In calls for some parts each.
  std::vector<std::int8_t> run_parts(Kernel kernel, const void* descriptor,
                                     const MeanShape& shape) {
    std::vector<std::int8_t> output(shape.channels);
    std::vector<std::int32_t> sums(shape.channels, 12345);
    std::byte* buffers[] = {reinterpret_cast<std::byte*>(input_.data()),
                            reinterpret_cast<std::byte*>(output.data()),
                            reinterpret_cast<std::byte*>(sums.data())};
    for (int part = 0; part < shape.parts;) {
      const int count = pick(1, shape.parts - part);
      kernel(descriptor, buffers, static_cast<std::uint32_t>(part),
             static_cast<std::uint32_t>(count));
      part += count;
    }
    return output;
  }

  template <typename Expected>
  void check(Kernel kernel, const void* descriptor, const Shape& shape, const Expected& expected) {
    const int channels = shape.each.channels;
    const std::vector<std::int8_t> output = shape.each.parts > 1
                                                ? run_parts(kernel, descriptor, shape.each)
                                                : run(kernel, descriptor, shape.rows, channels);
    for (int row = 0; row < shape.rows; ++row) {
      for (int c = 0; c < channels; ++c) {
        std::vector<int> values;
        for (int i = 0; i < shape.each.values; ++i) {
          const int place = (row * shape.each.values + i) * channels + c;
          values.push_back(input_[static_cast<std::size_t>(place)]);
        }
        ASSERT_EQ(output[static_cast<std::size_t>(row * channels + c)], expected(values));
      }
    }
  }
};

TEST_P(Means, InOneScaleAreExact) {
  for (int i = 0; i < kCasesEach; ++i) {
    SCOPED_TRACE(i);
    const Shape shape = make_shape();
    const int low = pick(0, 1) == 0 ? -128 : pick(-128, 100);
    const Average layer{shape.each, static_cast<std::int8_t>(low), 120};
    for (const Kernel kernel : {&thimble_average, &thimble_average_small}) {
      check(kernel, &layer, shape,
            [&](const std::vector<int>& values) { return average(values, low, layer.highest); });
    }
  }
}

TEST_P(Means, FromScaleToScaleAreExact) {
  for (int i = 0; i < kCasesEach; ++i) {
    SCOPED_TRACE(i);
    const Shape shape = make_shape();
    const int input_zero = pick(-128, 127);
    const Mean layer{shape.each,
                     -input_zero * shape.each.values,
                     {pick(1 << 30, 2147483647), pick(30, 44)},
                     static_cast<std::int16_t>(pick(-128, 127)),
                     static_cast<std::int8_t>(pick(-128, -100)),
                     static_cast<std::int8_t>(pick(-100, 127)),
                     pick(0, 1) != 0};
    // TOSA's RESCALE of the sum of what is above the zero point.
    const auto expected = [&](const std::vector<int>& values) {
      __int128 sum = 0;
      for (const int value : values) sum += value - input_zero;
      __int128 round = static_cast<__int128>(1) << (layer.scale.shift - 1);
      if (layer.double_round && layer.scale.shift > 31) round += sum < 0 ? -(1 << 30) : 1 << 30;
      const auto scaled =
          static_cast<std::int64_t>((sum * layer.scale.multiplier + round) >> layer.scale.shift);
      return static_cast<int>(
          std::clamp<std::int64_t>(scaled + layer.zero_point, layer.lowest, layer.highest));
    };
    for (const Kernel kernel : {&thimble_mean, &thimble_mean_small})
      check(kernel, &layer, shape, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Pools, testing::Range(1, 41));
INSTANTIATE_TEST_SUITE_P(Seeds, Means, testing::Range(1, 41));

}  // namespace
}  // namespace thimble::microkernels
