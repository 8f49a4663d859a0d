// Which tensors are stored as unsigned.
#include "compiler/offload/unsigned_tensors.h"

#include <gtest/gtest.h>

#include "compiler/offload/convolution.h"
#include "compiler/offload/program_for_test.h"

namespace thimble::offload {
namespace {

using test::Program;

test::Layer window(int size) {
  test::Layer layer;
  layer.kernel = size;
  layer.pad = size / 2;
  return layer;
}

// All convolutions of the program, when it has been chosen how tensors are stored.
std::vector<std::unique_ptr<Candidate>> stored(const mlir::Block& function,
                                               Goal goal = Goal::kSpeed) {
  const Graph graph(function.operations);
  std::vector<std::unique_ptr<Candidate>> candidates;
  for (const mlir::Operation& operation : function.operations) {
    Recognition recognition = recognize_convolution(graph, operation);
    EXPECT_EQ(recognition.refusal, "");
    if (recognition.candidate) candidates.push_back(std::move(recognition.candidate));
  }
  store_unsigned(graph, candidates, goal);
  return candidates;
}

const Convolution& convolution(const std::vector<std::unique_ptr<Candidate>>& candidates,
                               std::size_t number) {
  return dynamic_cast<const Convolution&>(*candidates.at(number));
}

void expect_signed(const std::vector<std::unique_ptr<Candidate>>& candidates) {
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    EXPECT_FALSE(convolution(candidates, i).unsigned_input) << i;
    EXPECT_EQ(convolution(candidates, i).rescale.output.zero_point, -128) << i;
  }
}

TEST(UnsignedTensors, WhatDepthwiseConvolutionsAloneRead) {
  Program program(1, {1, 6, 6, 3});
  const std::string x = program.convolution(program.input(), 4, window(3));
  const auto found = stored(program.returning(program.depthwise(x, window(3))));
  ASSERT_EQ(found.size(), 2u);
  const OutputRange& output = convolution(found, 0).rescale.output;
  EXPECT_EQ(output.zero_point, 0);
  EXPECT_EQ(output.lowest, 0);
  EXPECT_EQ(output.highest, 255);
  EXPECT_TRUE(convolution(found, 1).unsigned_input);
  EXPECT_EQ(convolution(found, 1).window.input_zero_point, 0);
  EXPECT_EQ(convolution(found, 1).rescale.output.zero_point, -128) << "what is returned";
  EXPECT_NE(found[1]->encode(Goal::kSpeed).symbol.find("_rectified"), std::string::npos);
}

TEST(UnsignedTensors, ChainsAndSeveralReaders) {
  Program program(2, {1, 6, 6, 3});
  const std::string x = program.convolution(program.input(), 4, window(3));
  const std::string y = program.depthwise(x, window(3));
  const std::string z = program.depthwise(x, window(3));
  const auto found = stored(program.returning(program.concat(program.depthwise(y, window(3)), z)));
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(convolution(found, 0).rescale.output.zero_point, 0);
  EXPECT_EQ(convolution(found, 1).rescale.output.zero_point, 0);
  EXPECT_EQ(convolution(found, 2).rescale.output.zero_point, -128);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_TRUE(convolution(found, i).unsigned_input) << i;
}

TEST(UnsignedTensors, NotWhatOthersRead) {
  Program program(3, {1, 6, 6, 4});
  const std::string x = program.convolution(program.input(), 4, window(3));
  const std::string y = program.depthwise(x, window(3));
  expect_signed(stored(program.returning(program.concat(x, y))));
  SCOPED_TRACE("convolutions");
  Program other(4, {1, 6, 6, 4});
  const std::string a = other.convolution(other.input(), 4, window(3));
  const std::string b = other.depthwise(a, window(3));
  expect_signed(stored(other.returning(other.concat(other.convolution(a, 4, window(3)), b))));
}

TEST(UnsignedTensors, NotWhatIsReturned) {
  Program program(5, {1, 6, 6, 4});
  const std::string x = program.convolution(program.input(), 4, window(3));
  static_cast<void>(program.depthwise(x, window(3)));
  expect_signed(stored(program.returning(x)));
}

TEST(UnsignedTensors, NotWhereItIsOfNoUse) {
  Program program(6, {1, 6, 6, 4});
  const std::string x = program.convolution(program.input(), 4, window(3));
  const mlir::Block function = program.returning(program.depthwise(x, window(3)));
  expect_signed(stored(function, Goal::kSize));
  SCOPED_TRACE("5x5");
  Program wide(7, {1, 6, 6, 4});
  const std::string y = wide.convolution(wide.input(), 4, window(3));
  expect_signed(stored(wide.returning(wide.depthwise(y, window(5)))));
}

}  // namespace
}  // namespace thimble::offload
