// Networks for tests whose layers run on the host: planned, run by the runtime over tables as the
// compiler writes them, and computed layer by layer.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "compiler/plan/plan.h"
#include "runtime/feed.h"
#include "runtime/runtime.h"

namespace thimble::plan {

using iree::Access;
using iree::BufferKind;

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

}  // namespace thimble::plan
