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
    microkernels::windows_order(window(), {kChannels, kChannels}, 3, true,
                                microkernels::Tiles::kFromFirst, order);
  });
}

offload::Order depthwise() {
  return offload::recorded(
      [](auto& order) {
        microkernels::windows_order(window(), {1, 1}, 1, false, microkernels::Tiles::kFromFirst,
                                    order);
      },
      kChannels);
}

// A chain of layers, planned. With `channels` of all their tensors they can run row by row.
struct Chain {
  explicit Chain(const std::vector<offload::Order>& orders, const std::vector<int>& channels = {}) {
    const auto row = [&](std::size_t tensor) {
      return std::int64_t{kSide} * (channels.empty() ? kChannels : channels[tensor]);
    };
    const auto bytes = [&](std::size_t tensor) {
      return static_cast<std::uint64_t>(kSide * row(tensor));
    };
    model.name = "net";
    add_tensor("image", static_cast<int>(row(0) / kSide));
    model.inputs = {0};
    iree::Trace trace;
    trace.buffers.push_back({BufferKind::kInput, bytes(0), 0, {}});
    iree::AccessMap accesses;
    std::vector<offload::Layer> layers;
    for (std::size_t i = 0; i < orders.size(); ++i) {
      const int made = static_cast<int>(i) + 1;
      add_tensor(fmt::format("block<{}>/conv;block/bias", made),
                 static_cast<int>(row(i + 1) / kSide));
      model.operators.push_back({static_cast<int>(i), "CONV_2D", {made - 1}, {made}});
      const std::string function = fmt::format("net_layer_{}", i);
      trace.buffers.push_back({BufferKind::kWorking, bytes(i + 1), -1, {}});
      trace.steps.push_back(iree::DispatchStep{
          function, {1, 1, 1}, {}, {{made - 1, 0, bytes(i)}, {made, 0, bytes(i + 1)}}});
      accesses[function] = {Access::kRead, Access::kWrite};
      offload::Layer layer;
      layer.function = function;
      layer.tensor = fmt::format("t{}", made);
      if (!orders[i].runs.empty()) layer.orders = {orders[i]};
      layer.scratch_bytes = i == 0 ? 40 : 0;
      layer.rows = kSide;
      if (!channels.empty()) layer.reads = {{-row(i), row(i), 3 * row(i)}};
      layer.cost.row = 1e6;  // beside which slides are cheap
      layers.push_back(layer);
    }
    const int last = static_cast<int>(orders.size());
    model.outputs = {last};
    trace.outputs = {{last, 0, bytes(orders.size())}};
    network.plan = plan::make_plan(trace, accesses, layers, {bytes(0)}).value();
  }

  void add_tensor(const std::string& name, int channels) {
    tflite::Tensor tensor;
    tensor.index = static_cast<int>(model.tensors.size());
    tensor.name = name;
    tensor.type = tflite::ElementType::kInt8;
    tensor.shape = {1, kSide, kSide, channels};
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

// Bytes of a place that matter at a time, from where to where in the arena.
std::pair<double, double> alive(const Place& place, double bytes, double time) {
  const auto begin = static_cast<double>(place.offset);
  const auto& outline = place.outline;
  if (outline.empty() || time < outline.front().time || time > outline.back().time)
    return {begin, begin + bytes};
  std::size_t next = 0;
  while (outline[next].time < time) ++next;
  const Instant& after = outline[next];
  const Instant& before = outline[next == 0 ? 0 : next - 1];
  const double part =
      after.time > before.time ? (time - before.time) / (after.time - before.time) : 1;
  const auto between = [&](std::uint64_t low, std::uint64_t high) {
    return static_cast<double>(low) + part * (static_cast<double>(high) - static_cast<double>(low));
  };
  return {begin + between(before.low, after.low), begin + between(before.high, after.high)};
}

// That nothing is drawn over anything else, at any time of steps that are no moves; a step's own
// outlines are exact where it writes, and straight lines in between.
void expect_apart(const Timeline& timeline, double tolerance) {
  constexpr int kTimes = 16;
  for (int now = 0; now < kTimes * static_cast<int>(timeline.steps.size()); ++now) {
    const Step& step = timeline.steps[static_cast<std::size_t>(now / kTimes)];
    const bool stripes = std::ranges::any_of(step.sharing, &Sharing::by_channel);
    if (step.by == "move" || stripes) continue;
    const double time = (now + 0.5) / kTimes;
    std::vector<std::pair<double, double>> all;
    for (const Tensor& tensor : timeline.tensors) {
      for (const Place& place : tensor.places) {
        if (now / kTimes < place.first_step || now / kTimes > place.last_step) continue;
        all.push_back(alive(place, static_cast<double>(tensor.bytes), time));
      }
    }
    std::erase_if(all, [](const auto& range) { return range.first >= range.second; });
    std::ranges::sort(all);
    for (std::size_t i = 1; i < all.size(); ++i)
      EXPECT_LE(all[i - 1].second, all[i].first + tolerance) << "at " << time;
  }
}

TEST(TimelineTest, WhatIsWrittenNeverReachesWhatIsUnread) {
  const Timeline timeline = Chain({convolution(), convolution(), convolution()}).timeline();
  expect_apart(timeline, 0.1 * kSide * kChannels);
  for (const Step& step : timeline.steps) {
    if (step.by == "move") continue;
    ASSERT_EQ(step.sharing.size(), 1u);
    const Tensor& input = timeline.tensors[static_cast<std::size_t>(step.sharing[0].input)];
    const Tensor& output = timeline.tensors[static_cast<std::size_t>(step.sharing[0].output)];
    EXPECT_FALSE(input.places.back().outline.empty());
    EXPECT_EQ(output.places.front().outline.back().high, kBytes);
  }
}

TEST(TimelineTest, AStreamKeepsWindowsThatNothingIsDrawnOver) {
  const Timeline timeline = Chain({{}, {}, {}}, {8, 32, 32, 8}).timeline();
  ASSERT_EQ(timeline.steps.front().by, "stream");
  EXPECT_LT(timeline.arena, timeline.alternatives.unstreamed);
  EXPECT_EQ(timeline.steps[1].stream, 0);
  EXPECT_GT(timeline.steps[1].rows, 0u);
  const Tensor& window = named(timeline, "block<1>/conv");
  EXPECT_LT(window.bytes, 4 * kBytes);
  EXPECT_EQ(window.whole, 4 * kBytes);
  const Tensor& image = named(timeline, "image");
  EXPECT_EQ(image.places.back().outline.front().low, 0u);
  EXPECT_EQ(image.places.back().outline.back().low, kBytes) << "all of it is read";
  const Tensor& end = named(timeline, "block<3>/conv");
  EXPECT_LT(end.places.front().outline.front().high, kBytes / 2);
  EXPECT_EQ(end.places.front().outline.back().high, kBytes);
  expect_apart(timeline, 32 * kSide);
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
    EXPECT_TRUE(step.sharing[0].by_channel) << "its bytes lie between each other";
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
