// A timeline tells where everything is at every step, and its picture names it.
#include "compiler/timeline/timeline.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "microkernels/order.h"

namespace thimble::timeline {
namespace {

using iree::Access;
using iree::BufferKind;

constexpr int kSide = 16;
constexpr int kChannels = 8;
constexpr std::uint64_t kBytes = std::uint64_t{kSide} * kSide * kChannels;

microkernels::Window window() {
  microkernels::Window window{};
  window.input_height = window.input_width = kSide;
  window.output_height = window.output_width = kSide;
  window.input_channels = window.output_channels = kChannels;
  window.kernel_height = window.kernel_width = 3;
  window.stride_y = window.stride_x = 1;
  window.dilation_y = window.dilation_x = 1;
  window.pad_top = window.pad_left = 1;
  return window;
}

offload::Order convolution() {
  return offload::recorded([](auto& order) {
    microkernels::windows_order(window(), {kChannels, kChannels}, 3, true, order);
  });
}

offload::Order depthwise() {
  return offload::recorded(
      [](auto& order) { microkernels::windows_order(window(), {1, 1}, 1, false, order); },
      kChannels);
}

// A chain of layers that each make a tensor as large as the input, planned.
struct Chain {
  explicit Chain(const std::vector<offload::Order>& orders) {
    model.name = "net";
    add_tensor("image");
    model.inputs = {0};
    iree::Trace trace;
    trace.buffers.push_back({BufferKind::kInput, kBytes, 0, {}});
    iree::AccessMap accesses;
    std::vector<offload::Layer> layers;
    for (std::size_t i = 0; i < orders.size(); ++i) {
      const int made = static_cast<int>(i) + 1;
      add_tensor(fmt::format("block<{}>/conv;block/bias", made));
      model.operators.push_back({static_cast<int>(i), "CONV_2D", {made - 1}, {made}});
      const std::string function = fmt::format("net_layer_{}", i);
      trace.buffers.push_back({BufferKind::kWorking, kBytes, -1, {}});
      trace.steps.push_back(
          iree::DispatchStep{function, {1, 1, 1}, {}, {{made - 1, 0, kBytes}, {made, 0, kBytes}}});
      accesses[function] = {Access::kRead, Access::kWrite};
      offload::Layer layer;
      layer.function = function;
      layer.tensor = fmt::format("t{}", made);
      layer.orders = {orders[i]};
      layer.scratch_bytes = i == 0 ? 40 : 0;
      layers.push_back(layer);
    }
    const int last = static_cast<int>(orders.size());
    model.outputs = {last};
    trace.outputs = {{last, 0, kBytes}};
    network.plan = plan::make_plan(trace, accesses, layers, {kBytes}).value();
  }

  void add_tensor(const std::string& name) {
    tflite::Tensor tensor;
    tensor.index = static_cast<int>(model.tensors.size());
    tensor.name = name;
    tensor.type = tflite::ElementType::kInt8;
    tensor.shape = {1, kSide, kSide, kChannels};
    model.tensors.push_back(tensor);
  }

  [[nodiscard]] Timeline timeline() const { return make_timeline(model, network); }

  tflite::Model model;
  Network network;
};

const Tensor& named(const Timeline& timeline, const std::string& name) {
  const auto found = std::ranges::find(timeline.tensors, name, &Tensor::name);
  EXPECT_NE(found, timeline.tensors.end()) << name;
  return found == timeline.tensors.end() ? timeline.tensors.front() : *found;
}

TEST(TimelineTest, TensorsHaveTheNamesOfTheModel) {
  const Timeline timeline = Chain({convolution(), convolution()}).timeline();
  ASSERT_EQ(timeline.tensors.size(), 4u);
  EXPECT_EQ(named(timeline, "image").use, Use::kInput);
  EXPECT_EQ(named(timeline, "block<1>/conv").use, Use::kBetween);
  EXPECT_EQ(named(timeline, "block<2>/conv").use, Use::kOutput);
  EXPECT_EQ(named(timeline, "scratch of block<1>/conv").use, Use::kScratch);
  EXPECT_EQ(named(timeline, "scratch of block<1>/conv").bytes, 40u);
}

TEST(TimelineTest, SumsOfEachStep) {
  const Timeline timeline = Chain({convolution()}).timeline();
  ASSERT_EQ(timeline.steps.size(), 1u);
  const Step& step = timeline.steps[0];
  EXPECT_EQ(step.name, "block<1>/conv");
  EXPECT_EQ(step.operation, "CONV_2D");
  EXPECT_EQ(step.by, "microkernel");
  EXPECT_EQ(step.live_bytes, 2 * kBytes + 40);
  EXPECT_EQ(step.high, timeline.arena);
  EXPECT_GT(step.overlap, kBytes / 2);
  EXPECT_EQ(step.live_bytes - step.overlap, timeline.arena) << "no gaps here";
  EXPECT_EQ(timeline.peak_step, 0);
  EXPECT_EQ(timeline.alternatives.apart, 2 * kBytes + 40);
  EXPECT_EQ(timeline.alternatives.least, timeline.arena);
  EXPECT_EQ(timeline.alternatives.iree, 2 * kBytes);
}

TEST(TimelineTest, WhatIsWrittenNeverReachesWhatIsUnread) {
  const Timeline timeline = Chain({convolution(), convolution(), convolution()}).timeline();
  int shared = 0;
  for (std::size_t s = 0; s < timeline.steps.size(); ++s) {
    for (const Sharing& sharing : timeline.steps[s].sharing) {
      const Tensor& input = timeline.tensors[static_cast<std::size_t>(sharing.input)];
      const Tensor& output = timeline.tensors[static_cast<std::size_t>(sharing.output)];
      std::uint64_t written = 0;
      ASSERT_FALSE(sharing.progress.empty());
      for (const Progress& now : sharing.progress) {
        EXPECT_GE(now.written, written);
        written = now.written;
        EXPECT_LE(output.places.front().offset + written, input.places.back().offset + now.unread);
      }
      EXPECT_EQ(written, kBytes);
      ++shared;
    }
  }
  EXPECT_EQ(shared, 3);
}

TEST(TimelineTest, AMoveIsInTheOldPlaceAndInTheNewOne) {
  const Timeline timeline = Chain({depthwise(), depthwise(), depthwise()}).timeline();
  int moves = 0;
  for (const Tensor& tensor : timeline.tensors) {
    for (std::size_t p = 1; p < tensor.places.size(); ++p) {
      const int step = tensor.places[p].first_step;
      EXPECT_EQ(tensor.places[p - 1].last_step, step);
      EXPECT_EQ(timeline.steps[static_cast<std::size_t>(step)].by, "move");
      EXPECT_EQ(timeline.steps[static_cast<std::size_t>(step)].overlap, 0u);
      ++moves;
    }
  }
  EXPECT_GT(moves, 0);
  for (const Step& step : timeline.steps) {
    if (step.by == "move") continue;
    ASSERT_EQ(step.sharing.size(), 1u);
    EXPECT_TRUE(step.sharing[0].progress.empty()) << "its bytes lie between each other";
  }
}

TEST(TimelineTest, WhatHasNoNameIsNamedByItsLayer) {
  Chain chain({convolution(), convolution()});
  chain.network.plan.layers[0].layer.tensor = "";
  chain.network.plan.steps[0].kind = plan::StepKind::kFill;
  EXPECT_EQ(named(chain.timeline(), "within block<2>/conv").bytes, kBytes);
}

TEST(TimelineTest, JsonHasIt) {
  const Timeline timeline = Chain({convolution(), convolution()}).timeline();
  const nlohmann::ordered_json json = to_json(timeline);
  EXPECT_EQ(json.at("arena"), timeline.arena);
  EXPECT_EQ(json.at("steps").size(), timeline.steps.size());
  EXPECT_EQ(json.at("peak").at("step"), timeline.peak_step);
  EXPECT_EQ(json.at("tensors")[0].at("name"), "image");
  EXPECT_EQ(json.at("tensors")[0].at("places")[0].at("first_step"), -1);
}

TEST(PictureTest, NamesEveryTensorAndMarksThePeak) {
  const Timeline timeline = Chain({convolution(), depthwise(), convolution()}).timeline();
  const std::string picture = to_svg(to_json(timeline), "net <small>");
  for (const char* name : {"image", "block&lt;1&gt;/conv", "block&lt;2&gt;/conv",
                           "block&lt;3&gt;/conv", "scratch of block&lt;1&gt;/conv"})
    EXPECT_NE(picture.find(name), std::string::npos) << name;
  EXPECT_NE(picture.find(fmt::format("peak: {},{:03} bytes at step ", timeline.arena / 1000,
                                     timeline.arena % 1000)),
            std::string::npos);
  EXPECT_NE(picture.find("net &lt;small&gt;"), std::string::npos);
  EXPECT_EQ(picture.find("http:"), std::string::npos);
  EXPECT_TRUE(to_svg_file(to_json(timeline), "net")
                  .starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox="));
}

}  // namespace
}  // namespace thimble::timeline
