// Channels that do not matter are removed, those that do are not, and nothing else changes.
#include "compiler/offload/dead_channels.h"

#include <gtest/gtest.h>

#include "compiler/offload/program_for_test.h"

namespace thimble::offload {
namespace {

using test::Layer;
using test::Program;

// Runs the program before and after, on random inputs, and returns what was removed.
std::map<std::string, int> removed_exactly(Program& program, const std::string& returned) {
  mlir::Block function = program.returning(returned);
  const mlir::Block before = function;
  auto removed = remove_dead_channels(function);
  for (int i = 0; i < 4; ++i) {
    const test::Tensor input = program.random_input();
    EXPECT_EQ(test::Interpreter::run(function, input).elements,
              test::Interpreter::run(before, input).elements);
  }
  return removed;
}

// Weights of one output channel that sums only its bias.
Layer with_constant(int channel, std::int64_t bias) {
  Layer layer;
  layer.zero_outputs = {channel};
  layer.biases[channel] = bias;
  return layer;
}

TEST(DeadChannels, AConstantGoesIntoTheNextBiases) {
  Program program(1, {1, 4, 4, 3});
  const std::string first = program.convolution(program.input(), 5, with_constant(2, 9000));
  const std::string second = program.convolution(first, 4, {});
  const auto removed = removed_exactly(program, second);
  EXPECT_EQ(removed.at(first), 1);
  EXPECT_FALSE(removed.contains(second)) << "a model's output keeps its channels";
  EXPECT_FALSE(removed.contains(program.input()));
}

TEST(DeadChannels, AChannelThatIsAlwaysClampedIsConstant) {
  Program program(2, {1, 4, 4, 3});
  Layer layer;
  layer.biases[1] = -2'000'000;
  const std::string first = program.convolution(program.input(), 5, layer);
  EXPECT_EQ(removed_exactly(program, program.convolution(first, 4, {})).at(first), 1);
}

TEST(DeadChannels, PaddingReadsTheZeroPointOnly) {
  for (const std::int64_t bias : {-20'000, 9'000}) {  // the zero point; something else
    Program program(3, {1, 4, 4, 3});
    const std::string first = program.convolution(program.input(), 5, with_constant(2, bias));
    Layer padded;
    padded.kernel = 3;
    padded.pad = 1;
    const auto removed = removed_exactly(program, program.convolution(first, 4, padded));
    EXPECT_EQ(removed.contains(first), bias < 0);
  }
}

TEST(DeadChannels, WhatNothingUsesGoesBackwards) {
  Program program(4, {1, 4, 4, 3});
  Layer unused;
  unused.zero_inputs = {0, 3};
  const std::string first = program.convolution(program.input(), 6, {});
  const std::string second = program.depthwise(first, {});
  const std::string third = program.convolution(second, 4, unused);
  const auto removed = removed_exactly(program, third);
  EXPECT_EQ(removed.at(first), 2);
  EXPECT_EQ(removed.at(second), 2);
}

TEST(DeadChannels, WhatOnlyDeadOutputsUseGoesToo) {
  Program program(5, {1, 4, 4, 3});
  const std::string first = program.convolution(program.input(), 6, {});
  Layer second_layer;
  second_layer.biases[1] = -2'000'000;  // always clamped, though it uses channel 5
  for (int output : {0, 2, 3}) second_layer.only_use[output] = {0, 1, 2, 3, 4};
  const std::string second = program.convolution(first, 4, second_layer);
  const auto removed = removed_exactly(program, program.convolution(second, 2, {}));
  EXPECT_EQ(removed.at(second), 1);
  EXPECT_EQ(removed.at(first), 1) << "channel 5";
}

TEST(DeadChannels, DepthwiseWithSeveralOutputsAnInput) {
  Program program(6, {1, 4, 4, 3});
  const std::string first = program.convolution(program.input(), 4, with_constant(1, -20'000));
  Layer twice;
  twice.multiplier = 2;
  twice.kernel = 3;
  twice.pad = 1;
  const std::string second = program.depthwise(first, twice);
  const auto removed = removed_exactly(program, program.convolution(second, 3, {}));
  EXPECT_EQ(removed.at(first), 1);
  EXPECT_EQ(removed.at(second), 2);
}

TEST(DeadChannels, ASumNeedsBothSidesDead) {
  for (const bool both : {false, true}) {
    Program program(7, {1, 4, 4, 3});
    const std::string left = program.convolution(program.input(), 4, with_constant(1, 900));
    const std::string right =
        program.convolution(program.input(), 4, with_constant(both ? 1 : 2, 700));
    const std::string sum = program.add(left, right);
    const auto removed = removed_exactly(program, program.convolution(sum, 3, {}));
    EXPECT_EQ(removed.contains(left), both);
    EXPECT_EQ(removed.contains(sum), both);
  }
}

TEST(DeadChannels, ThroughPoolsAndFlatteningToAFullyConnectedLayer) {
  Program program(8, {1, 8, 8, 3});
  Layer layer = with_constant(2, 9000);
  const std::string first = program.convolution(program.input(), 4, layer);
  const std::string most = program.pool("tosa.max_pool2d", first);
  const std::string mean = program.pool("tosa.avg_pool2d", most);
  const std::string flat = program.flatten(mean);
  const auto removed = removed_exactly(program, program.convolution(flat, 3, {}));
  EXPECT_EQ(removed.at(mean), 1);
  EXPECT_EQ(removed.at(flat), 4) << "one for each of 2 x 2 pixels";
}

TEST(DeadChannels, ThroughMeansAndConcatenations) {
  Program program(9, {1, 4, 4, 3});
  const std::string left = program.convolution(program.input(), 4, with_constant(1, 900));
  const std::string right = program.convolution(program.input(), 3, with_constant(0, 700));
  const std::string both = program.concat(left, right);
  const std::string mean = program.mean(both);
  const auto removed = removed_exactly(program, program.convolution(mean, 3, {}));
  EXPECT_EQ(removed.at(left), 1);
  EXPECT_EQ(removed.at(right), 1);
  EXPECT_EQ(removed.at(both), 2);
  EXPECT_EQ(removed.at(mean), 2);
}

TEST(DeadChannels, ATensorKeepsOneChannel) {
  Program program(10, {1, 4, 4, 3});
  Layer layer;
  layer.zero_outputs = {0, 1, 2};
  const std::string first = program.convolution(program.input(), 3, layer);
  EXPECT_EQ(removed_exactly(program, program.convolution(first, 2, {})).at(first), 2);
}

TEST(DeadChannels, AnUnknownOperationNeedsAll) {
  Program program(11, {1, 4, 4, 3});
  const std::string first = program.convolution(program.input(), 4, with_constant(1, 900));
  program.unknown(first);
  mlir::Block function = program.returning(program.convolution(first, 3, {}));
  EXPECT_TRUE(remove_dead_channels(function).empty());
}

TEST(DeadChannels, RandomNetworksComputeTheSame) {
  int removals = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    Program program(100 + seed, {1, 6, 6, 3});
    const std::string last = program.random_network();
    const auto removed = removed_exactly(program, last);
    removals += removed.empty() ? 0 : 1;
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
  EXPECT_GT(removals, 200);
}

}  // namespace
}  // namespace thimble::offload
