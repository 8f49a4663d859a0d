// A small network for the tests of this folder: convolution, addition with itself, reshape.
#pragma once

#include "compiler/pipeline/network.h"
#include "compiler/tflite/model.h"

namespace thimble::profile::test {

/// conv (t2 of t0, weights t1) -> add (t3) -> reshape (t4)
inline tflite::Model model() {
  tflite::Model model;
  model.name = "net";
  const auto tensor = [&](int index, const char* name, std::vector<int> shape) {
    tflite::Tensor made;
    made.index = index;
    made.name = name;
    made.type = tflite::ElementType::kInt8;
    made.shape = std::move(shape);
    model.tensors.push_back(std::move(made));
  };
  tensor(0, "input", {1, 4, 4, 2});
  tensor(1, "weights", {3, 1, 1, 2});
  tensor(2, "net/conv;net/bias", {1, 4, 4, 3});
  tensor(3, "net/add", {1, 4, 4, 3});
  tensor(4, "net/flat", {1, 48});
  model.operators = {
      {0, "CONV_2D", {0, 1}, {2}}, {1, "ADD", {2, 2}, {3}}, {2, "RESHAPE", {3}, {4}}};
  model.inputs = {0};
  model.outputs = {4};
  return model;
}

inline plan::Binding arena(std::uint64_t offset, std::uint64_t length) {
  return {true, offset, length};
}
inline plan::Binding constant(std::uint64_t offset, std::uint64_t length) {
  return {false, offset, length};
}

/// Fill and copy before a microkernel, then two functions of IREE's, then a copy to the output.
inline Network network() {
  using plan::StepKind;
  Network network;
  const auto step = [&](StepKind kind, const char* function, std::vector<plan::Binding> bindings) {
    plan::Step made;
    made.kind = kind;
    made.function = function;
    made.bindings = std::move(bindings);
    network.plan.steps.push_back(std::move(made));
  };
  step(StepKind::kFill, "", {arena(100, 50)});
  step(StepKind::kCopy, "", {arena(110, 20), arena(0, 20)});
  step(StepKind::kMicrokernel, "", {arena(100, 50), arena(200, 48)});
  network.plan.steps.back().layer = 0;
  step(StepKind::kDispatch, "net_dispatch_0", {arena(200, 48), constant(0, 16), arena(300, 192)});
  step(StepKind::kDispatch, "net_dispatch_1", {arena(300, 192), constant(0, 24), arena(0, 48)});
  step(StepKind::kCopy, "", {arena(400, 48), arena(0, 48)});
  offload::Layer layer;
  layer.tensor = "t2";
  layer.symbol = "thimble_conv2d";
  layer.forms = {{"one-sided", 2}, {"reference", 1}};
  layer.dead_channels = 1;
  network.plan.layers = {{layer, {32, 40}}};
  network.plan.constants.resize(50);
  network.names = {{"net_dispatch_0", {"net", "t3"}}, {"net_dispatch_1", {"t2", "t3"}}};
  return network;
}

}  // namespace thimble::profile::test
