// Outputs follow inputs through memory, tensors move, and the checker sees every byte: random
// networks pass it, and declarations that are wrong do not.
#include "compiler/plan/check.h"

#include <gtest/gtest.h>

#include <random>

#include "microkernels/order.h"

namespace thimble::plan {
namespace {

using microkernels::Tiles;

using iree::Access;
using iree::BufferKind;

microkernels::Window window(int side, int kernel, int stride, int channels) {
  microkernels::Window window{};
  const auto u16 = [](int number) { return static_cast<std::uint16_t>(number); };
  window.input_height = window.input_width = u16(side);
  window.output_height = window.output_width = u16((side + stride - 1) / stride);
  window.input_channels = window.output_channels = u16(channels);
  window.kernel_height = window.kernel_width = u16(kernel);
  window.stride_y = window.stride_x = u16(stride);
  window.dilation_y = window.dilation_x = 1;
  window.pad_top = window.pad_left = static_cast<std::int16_t>(kernel / 2);
  return window;
}

std::uint64_t input_bytes(const microkernels::Window& window) {
  return std::uint64_t{window.input_height} * window.input_width * window.input_channels;
}

offload::Order convolution(const microkernels::Window& window) {
  return offload::recorded([&](auto& order) {
    microkernels::windows_order(window, {window.input_channels, window.output_channels}, 3, true,
                                Tiles::kFromFirst, order);
  });
}

offload::Order depthwise(const microkernels::Window& window) {
  return offload::recorded(
      [&](auto& order) {
        microkernels::windows_order(window, {1, 1}, 1, false, Tiles::kFromFirst, order);
      },
      window.output_channels);
}

offload::Order elementwise(std::uint64_t bytes) {
  return offload::recorded([&](auto& order) {
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(bytes); ++i) {
      order.reads(i);
      order.writes(i + 1);
    }
  });
}

// A trace of microkernels, made step by step. Each tensor is a buffer.
struct Network {
  explicit Network(std::uint64_t bytes) {
    trace.buffers.push_back({BufferKind::kInput, bytes, 0, {}});
    trace.outputs = {{0, 0, bytes}};
  }

  int add(const std::vector<int>& inputs, std::uint64_t bytes, std::vector<offload::Order> orders,
          std::uint64_t scratch = 0) {
    const std::string name = fmt::format("net_layer_{}", layers.size());
    const int output = static_cast<int>(trace.buffers.size());
    trace.buffers.push_back({BufferKind::kWorking, bytes, -1, {}});
    iree::DispatchStep step{name, {1, 1, 1}, {}, {}};
    for (const int input : inputs) {
      step.bindings.push_back({input, 0, trace.buffers[static_cast<std::size_t>(input)].size});
      accesses[name].push_back(Access::kRead);
    }
    step.bindings.push_back({output, 0, bytes});
    accesses[name].push_back(Access::kWrite);
    trace.steps.push_back(step);
    trace.outputs = {{output, 0, bytes}};
    offload::Layer layer;
    layer.function = name;
    layer.orders = std::move(orders);
    layer.scratch_bytes = scratch;
    layers.push_back(layer);
    return output;
  }

  [[nodiscard]] Result<Plan> plan() const {
    return make_plan(trace, accesses, layers, {trace.buffers[0].size});
  }

  [[nodiscard]] std::uint64_t apart() const {
    std::vector<offload::Layer> silent = layers;
    for (offload::Layer& layer : silent) layer.orders.clear();
    return make_plan(trace, accesses, silent, {trace.buffers[0].size})->arena_bytes;
  }

  iree::Trace trace;
  iree::AccessMap accesses;
  std::vector<offload::Layer> layers;
};

// Input, then `length` convolutions of the same size.
Network chain(int length, const microkernels::Window& window, const offload::Order& order) {
  Network network(input_bytes(window));
  for (int i = 0; i < length; ++i) network.add({i}, input_bytes(window), {order});
  return network;
}

TEST(Check, AConvolutionFollowsItsInput) {
  const auto shape = window(16, 3, 1, 8);
  const auto plan = chain(1, shape, convolution(shape)).plan();
  ASSERT_TRUE(plan.has_value());
  EXPECT_GE(plan->arena_bytes, 2048u + 18 * 8);  // a row and a column behind, less than a tile more
  EXPECT_LE(plan->arena_bytes, 2048u + 20 * 8);
}

TEST(Check, ElementwiseLayersWorkInPlace) {
  const auto plan = chain(3, window(16, 1, 1, 8), elementwise(2048)).plan();
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->arena_bytes, 2048u);
  EXPECT_EQ(plan->steps.size(), 3u);
}

TEST(Check, AChainNeedsNoMoreThanItsLargestLayer) {
  const auto shape = window(16, 3, 1, 8);
  const std::uint64_t one = chain(1, shape, depthwise(shape)).plan()->arena_bytes;
  const auto plan = chain(6, shape, depthwise(shape)).plan();
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->arena_bytes, one);
  EXPECT_GT(plan->steps.size(), 6u) << "tensors are moved";
}

TEST(Check, AWrongOrderIsCaught) {
  const auto shape = window(16, 3, 1, 8);
  auto plan = chain(1, shape, elementwise(2048)).plan();
  ASSERT_TRUE(plan.has_value());
  plan->layers[0].layer.orders = {convolution(shape)};  // what the microkernel really does
  const Status status = check(*plan);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message, "memory plan: step 0 writes over tensor 0 before it is read");
}

TEST(Check, AnUnknownOrderMayNotShareMemory) {
  auto plan = chain(1, window(16, 1, 1, 8), elementwise(2048)).plan();
  ASSERT_TRUE(plan.has_value());
  plan->layers[0].layer.orders.clear();
  EXPECT_FALSE(check(*plan).has_value());
}

TEST(Check, AChannelMayNotTakeAnothersPlace) {
  const auto shape = window(16, 3, 1, 8);
  auto plan = chain(1, shape, depthwise(shape)).plan();
  ASSERT_TRUE(plan.has_value());
  plan->arena_bytes += 4;
  plan->steps[0].bindings[0].offset += 4;  // farther behind, but no multiple of the channels
  plan->inputs[0].offset += 4;
  EXPECT_FALSE(check(*plan).has_value());
}

TEST(Check, ATensorThatLivesOnIsNotWrittenOver) {
  const auto shape = window(16, 3, 1, 8);
  Network network = chain(1, shape, convolution(shape));
  network.add({0, 1}, 2048, {elementwise(2048), elementwise(2048)});
  auto plan = network.plan();
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->arena_bytes, 4096u);
  plan->steps[0].bindings[1].offset = plan->steps[0].bindings[0].offset;  // as if it died
  plan->steps[1].bindings[1].offset = plan->steps[1].bindings[0].offset;
  EXPECT_FALSE(check(*plan).has_value());
}

TEST(Check, ScratchIsOnesOwn) {
  const auto shape = window(16, 3, 1, 8);
  Network network(2048);
  network.add({0}, 2048, {convolution(shape)}, 100);
  auto plan = network.plan();
  ASSERT_TRUE(plan.has_value());
  plan->steps[0].bindings[2].offset = plan->steps[0].bindings[0].offset + 1000;
  EXPECT_FALSE(check(*plan).has_value());
}

// Branches, sums, concatenations (which tell no order), strides.
TEST(Check, RandomNetworksPass) {
  std::mt19937 random(5);
  const auto pick = [&](int low, int high) {
    return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
  };
  int moved = 0;
  int smaller = 0;
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE(round);
    const auto first = window(pick(4, 12), 3, 1, pick(1, 6));
    Network network(input_bytes(first));
    std::vector<microkernels::Window> shapes{first};
    for (int i = pick(2, 14); i > 0; --i) {
      const int from = std::max(0, static_cast<int>(shapes.size()) - pick(1, 3));
      const auto& shape = shapes[static_cast<std::size_t>(from)];
      auto next = window(shape.input_height, pick(0, 1) * 2 + 1, pick(0, 4) == 0 ? 2 : 1,
                         shape.input_channels);
      const auto after =
          window(next.output_height, 3, 1, next.output_channels);  // its input is our output
      const std::uint64_t bytes = input_bytes(after);
      const int last = static_cast<int>(shapes.size()) - 1;
      const bool alike = input_bytes(shapes.back()) == input_bytes(shape) && last != from;
      if (alike && pick(0, 1) == 0) {
        network.add({from, last}, input_bytes(shape),
                    {elementwise(input_bytes(shape)), elementwise(input_bytes(shape))});
        shapes.push_back(shape);
      } else if (alike && pick(0, 1) == 0) {
        network.add({from, last}, 2 * input_bytes(shape), {});
        shapes.push_back(window(shape.input_height, 3, 1, 2 * shape.input_channels));
      } else {
        network.add({from}, bytes, {pick(0, 1) == 0 ? convolution(next) : depthwise(next)},
                    pick(0, 1) == 0 ? 0U : static_cast<std::uint64_t>(pick(1, 60)));
        shapes.push_back(after);
      }
    }
    const auto plan = network.plan();  // which is checked
    ASSERT_TRUE(plan.has_value()) << plan.error().message;
    const std::uint64_t apart = network.apart();
    EXPECT_LE(plan->arena_bytes, apart);
    if (plan->arena_bytes < apart) ++smaller;
    if (plan->steps.size() > network.layers.size()) ++moved;
  }
  EXPECT_GT(smaller, 40);
  EXPECT_GT(moved, 0);
}

}  // namespace
}  // namespace thimble::plan
