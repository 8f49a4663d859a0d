// Random networks for tests: layers that microkernels compute, with their descriptors, and the
// tables that the runtime runs of a plan of them.
#pragma once

#include <array>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "compiler/offload/window.h"
#include "compiler/plan/plan.h"
#include "microkernels/average_pool2d.h"
#include "microkernels/elementwise.h"
#include "microkernels/max_pool2d.h"
#include "microkernels/mean.h"
#include "microkernels/movement.h"
#include "microkernels/order.h"
#include "runtime/feed.h"
#include "runtime/runtime.h"

namespace thimble::plan {

using iree::Access;
using iree::BufferKind;
using microkernels::Window;

struct Shape {
  int height;
  int width;
  int channels;

  [[nodiscard]] std::uint64_t bytes() const {
    return static_cast<std::uint64_t>(height) * static_cast<std::uint64_t>(width * channels);
  }
  bool operator==(const Shape&) const = default;
};

/// Layers in their order; every tensor is a buffer of the trace, the first one the input.
struct Layers {
  explicit Layers(const Shape& input) : shapes{input} {
    trace.buffers.push_back({BufferKind::kInput, input.bytes(), 0, {}});
  }

  template <typename Descriptor>
  void add(const std::vector<int>& inputs, const Shape& output, runtime::Microkernel function,
           const Descriptor& descriptor, offload::Layer layer) {
    layer.function = fmt::format("net_layer_{}", layers.size());
    iree::DispatchStep step{layer.function, {1, 1, 1}, {}, {}};
    for (const int input : inputs) {
      step.bindings.push_back({input, 0, trace.buffers[static_cast<std::size_t>(input)].size});
      accesses[layer.function].push_back(Access::kRead);
    }
    const int number = static_cast<int>(trace.buffers.size());
    trace.buffers.push_back({BufferKind::kWorking, output.bytes(), -1, {}});
    step.bindings.push_back({number, 0, output.bytes()});
    accesses[layer.function].push_back(Access::kWrite);
    trace.steps.push_back(step);
    trace.outputs = {{number, 0, output.bytes()}};
    shapes.push_back(output);
    auto copy = std::shared_ptr<std::byte[]>(new std::byte[sizeof descriptor]);
    std::memcpy(copy.get(), &descriptor, sizeof descriptor);
    descriptors.push_back(std::move(copy));
    functions.push_back(function);
    layers.push_back(std::move(layer));
  }

  [[nodiscard]] Result<Plan> plan(const Goal& goal) const {
    return make_plan(trace, accesses, layers, {trace.buffers[0].size}, goal);
  }

  /// Each layer in one call, each tensor by itself.
  [[nodiscard]] std::vector<std::byte> expected(const std::vector<std::byte>& input) const {
    std::vector<std::vector<std::byte>> tensors{input};
    for (std::size_t i = 0; i < layers.size(); ++i) {
      std::vector<std::byte*> buffers;
      tensors.emplace_back(shapes[i + 1].bytes());
      for (const iree::Range& range : iree::ranges(trace.steps[i]))
        buffers.push_back(tensors[static_cast<std::size_t>(range.buffer)].data());
      std::vector<std::byte> scratch(4096);
      buffers.push_back(scratch.data());
      functions[i](descriptors[i].get(), buffers.data(), 0,
                   static_cast<std::uint32_t>(layers[i].rows));
    }
    return tensors[static_cast<std::size_t>(trace.outputs[0].buffer)];
  }

  std::vector<Shape> shapes;
  iree::Trace trace;
  iree::AccessMap accesses;
  std::vector<offload::Layer> layers;
  std::vector<std::shared_ptr<std::byte[]>> descriptors;
  std::vector<runtime::Microkernel> functions;
};

/// The tables that plan_source.cc would write.
class Tables {
 public:
  Tables(const Plan& plan, const Layers& layers) {
    bindings_.resize(plan.steps.size());
    windows_.resize(plan.streams.size());
    streams_.resize(plan.streams.size());
    for (std::size_t s = 0; s < plan.steps.size(); ++s) {
      const Step& step = plan.steps[s];
      runtime::Step out{};
      for (const Binding& binding : step.bindings) {
        out.arena_bindings |= 1U << bindings_[s].size();
        bindings_[s].push_back(
            {.offset = binding.window < 0
                           ? binding.offset
                           : runtime::kWindow + static_cast<std::size_t>(binding.window)});
      }
      out.binding_count = static_cast<std::uint8_t>(step.bindings.size());
      out.bindings = bindings_[s].data();
      out.workgroups[0] = static_cast<std::uint16_t>(step.workgroups[0]);
      out.workgroups[1] = static_cast<std::uint16_t>(step.rows_per_call);
      lengths_.push_back(step.bindings[0].length);
      if (step.kind == StepKind::kStream) {
        out.kind = runtime::StepKind::kStream;
        out.function = plan.feed && s == 0
                           ? reinterpret_cast<const void*>(runtime::thimble_run_unfed)
                           : reinterpret_cast<const void*>(runtime::thimble_run_stream);
        out.detail = add(plan.streams[static_cast<std::size_t>(step.stream)],
                         static_cast<std::size_t>(step.stream));
      } else if (step.kind == StepKind::kMicrokernel) {
        out.kind = runtime::StepKind::kMicrokernel;
        const auto layer = static_cast<std::size_t>(step.layer);
        out.function = reinterpret_cast<const void*>(layers.functions[layer]);
        out.detail = layers.descriptors[layer].get();
      } else {
        out.kind = runtime::StepKind::kCopy;
      }
      steps_.push_back(out);
    }
    for (std::size_t s = 0; s < steps_.size(); ++s) steps_[s].lengths = &lengths_[s];
    plan_ = {steps_.data(), static_cast<std::uint32_t>(steps_.size()),
             static_cast<std::uint32_t>(plan.arena_bytes), 0, 0};
    if (!plan.feed) return;
    const Stream& stream = plan.streams[0];
    const auto window = std::ranges::find(stream.windows, stream.stages, &Stream::Window::writer);
    fed_input_ = {&plan_, static_cast<std::uint32_t>(plan.feed->state.offset),
                  static_cast<std::uint32_t>(window - stream.windows.begin()), plan.feed->rows,
                  static_cast<std::uint32_t>(plan.feed->row_bytes)};
  }
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  [[nodiscard]] const runtime::Plan& plan() const { return plan_; }
  /// Of a plan that is fed.
  [[nodiscard]] const runtime::FedInput& fed_input() const { return fed_input_; }

 private:
  const runtime::Stream* add(const Stream& stream, std::size_t number) {
    for (const Stream::Window& window : stream.windows) {
      windows_[number].push_back(
          {static_cast<std::uint32_t>(static_cast<std::int64_t>(window.offset) - window.first),
           static_cast<std::uint32_t>(window.row_bytes),
           static_cast<std::uint32_t>(window.writer)});
    }
    streams_[number] = {stream.ops.data(), static_cast<std::uint32_t>(stream.ops.size()),
                        windows_[number].data(),
                        static_cast<std::uint32_t>(windows_[number].size())};
    return &streams_[number];
  }

  std::vector<std::vector<runtime::Binding>> bindings_;
  std::vector<std::vector<runtime::Stream::Window>> windows_;
  std::vector<runtime::Stream> streams_;
  std::vector<std::size_t> lengths_;
  std::vector<runtime::Step> steps_;
  runtime::Plan plan_{};
  runtime::FedInput fed_input_{};
};

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
    layer.orders = {
        offload::recorded([&](auto& order) { microkernels::pool_order(window, order); })};
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
    net.add({from}, shape, microkernels::thimble_lookup,
            microkernels::Lookup{table.data(), static_cast<std::uint32_t>(row)}, layer);
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
    net.add({from}, out, microkernels::thimble_pad,
            microkernels::Pad{
                {1, u32(in.height), 2}, {0, 1, 0}, {0, static_cast<std::uint32_t>(row), 0}, 7},
            layer);
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
