// Random networks for tests, of layers that microkernels compute.
#pragma once

#include <array>
#include <random>
#include <vector>

#include "compiler/offload/window.h"
#include "compiler/plan/layers_for_test.h"
#include "microkernels/average_pool2d.h"
#include "microkernels/elementwise.h"
#include "microkernels/max_pool2d.h"
#include "microkernels/mean.h"
#include "microkernels/movement.h"
#include "microkernels/order.h"

namespace thimble::plan {

using microkernels::Window;

class RandomLayers {
 public:
  explicit RandomLayers(unsigned seed) : random_(seed) {}

  int pick(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<unsigned>(high - low + 1));
  }

  /// Branches, sums, concatenations, strides, paddings, at times a mean at the end.
  Layers make() {
    Layers net({pick(6, 20), pick(1, 9), pick(1, 6)});
    for (int i = pick(2, 12); i > 0; --i) {
      const int last = static_cast<int>(net.shapes.size()) - 1;
      const int from = std::max(0, last - (pick(0, 2) == 0 ? pick(0, 3) : 0));
      const Shape& shape = net.shapes[static_cast<std::size_t>(from)];
      const bool alike = from != last && net.shapes.back() == shape;
      switch (alike ? pick(0, 1) : pick(2, 6)) {
        case 0:
          add_sum(net, from, last);
          break;
        case 1:
          add_concatenation(net, from, last);
          break;
        case 2:
          add_lookup(net, from);
          break;
        case 3:
          add_padding(net, from);
          break;
        default:
          add_pool(net, from);
      }
    }
    if (pick(0, 1) == 0 && net.shapes.back().height > 1) add_mean(net);
    return net;
  }

  std::vector<std::byte> bytes(std::uint64_t count) {
    std::vector<std::byte> result(count);
    for (std::byte& byte : result) byte = static_cast<std::byte>(random_());
    return result;
  }

 private:
  static std::uint32_t u32(int value) { return static_cast<std::uint32_t>(value); }

  static offload::CallCost cost(const Shape& shape) {
    return {100, static_cast<double>(shape.width * shape.channels) * 20, 1, {0}};
  }

  void add_pool(Layers& net, int from) {
    const Shape in = net.shapes[static_cast<std::size_t>(from)];
    const auto u16 = [](int value) { return static_cast<std::uint16_t>(value); };
    const int kernel_y = std::min(in.height, pick(1, 4));
    const int kernel_x = std::min(in.width, pick(1, 3));
    const int stride = pick(0, 3) == 0 ? 2 : 1;
    const int before = pick(0, kernel_y - 1);
    const int behind = pick(0, kernel_y - 1);
    const int left = pick(0, kernel_x - 1);
    const Shape out{(in.height + before + behind - kernel_y) / stride + 1,
                    (in.width + left + (kernel_x - 1 - left) - kernel_x) / stride + 1, in.channels};
    Window window{};
    window.input_height = u16(in.height);
    window.input_width = u16(in.width);
    window.input_channels = window.output_channels = u16(in.channels);
    window.output_height = u16(out.height);
    window.output_width = u16(out.width);
    window.kernel_height = u16(kernel_y);
    window.kernel_width = u16(kernel_x);
    window.stride_y = window.stride_x = u16(stride);
    window.dilation_y = window.dilation_x = 1;
    window.pad_top = static_cast<std::int16_t>(before);
    window.pad_left = static_cast<std::int16_t>(left);
    offload::Layer layer;
    layer.rows = out.height;
    layer.reads = {offload::window_reads(window)};
    const auto tell = [&](auto& order) { microkernels::pool_order(window, order); };
    layer.orders = {by_rows(offload::recorded(tell), layer.rows, layer.reads[0].step)};
    layer.cost = cost(out);
    if (pick(0, 1) == 0) {
      net.add({from}, out, microkernels::thimble_max_pool2d,
              microkernels::MaxPool2d{window, -128, 127}, layer);
    } else {
      net.add({from}, out, microkernels::thimble_average_pool2d,
              microkernels::AveragePool2d{window, -128, 127}, layer);
    }
  }

  void add_lookup(Layers& net, int from) {
    const Shape shape = net.shapes[static_cast<std::size_t>(from)];
    static const auto table = [] {
      std::array<std::uint8_t, 256> values{};
      for (unsigned i = 0; i < values.size(); ++i)
        values[i] = static_cast<std::uint8_t>(i * 37 + 11);
      return values;
    }();
    const std::int64_t row = std::int64_t{shape.width} * shape.channels;
    offload::Layer layer;
    layer.rows = shape.height;
    layer.reads = {{0, row, row}};
    layer.cost = cost(shape);
    const microkernels::Lookup lookup{table.data(), static_cast<std::uint32_t>(row)};
    const auto tell = [&](auto& order) {
      microkernels::lookup_order(lookup, u32(shape.height), order);
    };
    layer.orders = {by_rows(offload::recorded(tell), layer.rows, row)};
    net.add({from}, shape, microkernels::thimble_lookup, lookup, layer);
  }

  void add_sum(Layers& net, int a, int b) {
    const Shape shape = net.shapes[static_cast<std::size_t>(a)];
    const auto row = u32(shape.width * shape.channels);
    microkernels::Add add{};
    add.broadcast = {1, row, {row, 0}, {row, 0}, false};
    add.first_factor = 3;
    add.second_factor = -2;
    add.shift = 1;
    add.lowest = -128;
    add.highest = 127;
    offload::Layer layer;
    layer.rows = shape.height;
    layer.reads = {{0, row, row}, {0, row, row}};
    layer.cost = cost(shape);
    for (const bool is_second : {false, true}) {
      const auto tell = [&](auto& order) {
        microkernels::broadcast_order(add.broadcast, u32(shape.height), is_second, order);
      };
      layer.orders.push_back(by_rows(offload::recorded(tell), layer.rows, row));
    }
    net.add({a, b}, shape, microkernels::thimble_add, add, layer);
  }

  void add_concatenation(Layers& net, int a, int b) {
    const Shape shape = net.shapes[static_cast<std::size_t>(a)];
    static std::array<std::array<std::uint32_t, 2>, 64> sizes;
    auto& both = sizes[static_cast<std::size_t>(shape.channels)];
    both = {u32(shape.channels), u32(shape.channels)};
    const std::int64_t row = std::int64_t{shape.width} * shape.channels;
    offload::Layer layer;
    layer.rows = shape.height;
    layer.reads = {{0, row, row}, {0, row, row}};
    layer.cost = cost(shape);
    net.add({a, b}, {shape.height, shape.width, 2 * shape.channels},
            microkernels::thimble_concatenate,
            microkernels::Concatenate{both.data(), 2, u32(shape.width)}, layer);
  }

  void add_padding(Layers& net, int from) {
    const Shape in = net.shapes[static_cast<std::size_t>(from)];
    const Shape out{in.height + 3, in.width, in.channels};
    const std::int64_t row = std::int64_t{in.width} * in.channels;
    offload::Layer layer;
    layer.rows = out.height;
    layer.reads = {{-row, row, row}};
    layer.cost = cost(out);
    const microkernels::Pad pad{
        {1, u32(in.height), 2}, {0, 1, 0}, {0, static_cast<std::uint32_t>(row), 0}, 7};
    const auto tell = [&](auto& order) { microkernels::pad_order(pad, order); };
    layer.orders = {by_rows(offload::recorded(tell), layer.rows, row)};
    net.add({from}, out, microkernels::thimble_pad, pad, layer);
  }

  static void add_mean(Layers& net) {
    const Shape in = net.shapes.back();
    const std::int64_t row = std::int64_t{in.width} * in.channels;
    const auto u16 = [](int value) { return static_cast<std::uint16_t>(value); };
    offload::Layer layer;
    layer.rows = in.height;
    layer.reduces = true;
    layer.sums_bytes = static_cast<std::uint64_t>(in.channels) * 4;
    layer.reads = {{0, row, row}};
    layer.cost = cost(in);
    net.add({static_cast<int>(net.shapes.size()) - 1}, {1, 1, in.channels},
            microkernels::thimble_average,
            microkernels::Average{
                {u16(in.height * in.width), u16(in.channels), u16(in.height)}, -128, 127},
            layer);
  }

  std::mt19937 random_;
};

}  // namespace thimble::plan
