// Sizes of tensors and nominal work of operators.
#include <algorithm>
#include <array>
#include <cassert>
#include <numeric>

#include "compiler/tflite/model.h"

namespace thimble::tflite {
namespace {

struct TypeInfo {
  std::string_view name;
  int bits;
};

const TypeInfo& info(ElementType type) {
  static constexpr std::array<TypeInfo, 11> kTypes{{{"float32", 32},
                                                    {"float16", 16},
                                                    {"int4", 4},
                                                    {"int8", 8},
                                                    {"int16", 16},
                                                    {"int32", 32},
                                                    {"int64", 64},
                                                    {"uint8", 8},
                                                    {"uint16", 16},
                                                    {"uint32", 32},
                                                    {"bool", 8}}};
  return kTypes[static_cast<std::size_t>(type)];
}

std::size_t total_bytes(const Model& model, const std::vector<int>& indices) {
  return std::accumulate(indices.begin(), indices.end(), std::size_t{0},
                         [&](std::size_t sum, int index) {
                           return sum + model.tensors[static_cast<std::size_t>(index)].bytes();
                         });
}

// Products of the dimensions [first, last) of a shape.
std::int64_t volume(const std::vector<int>& shape, std::size_t first, std::size_t last) {
  std::int64_t product = 1;
  for (std::size_t i = first; i < std::min(last, shape.size()); ++i) product *= shape[i];
  return product;
}

std::int64_t volume(const std::vector<int>& shape) {
  return volume(shape, 0, shape.size());
}

}  // namespace

int bits(ElementType type) {
  return info(type).bits;
}
std::string_view name(ElementType type) {
  return info(type).name;
}

std::size_t Tensor::elements() const {
  return static_cast<std::size_t>(volume(shape));
}

std::size_t Tensor::bytes() const {
  return (elements() * static_cast<std::size_t>(bits(type)) + 7) / 8;
}

std::size_t Model::input_bytes() const {
  return total_bytes(*this, inputs);
}
std::size_t Model::output_bytes() const {
  return total_bytes(*this, outputs);
}

std::int64_t macs(const Model& model, const Operator& op) {
  static const std::vector<int> nothing;
  const auto shape_of = [&](const std::vector<int>& list,
                            std::size_t i) -> const std::vector<int>& {
    if (i >= list.size() || list[i] < 0) return nothing;
    return model.tensors[static_cast<std::size_t>(list[i])].shape;
  };
  const std::vector<int>& out = shape_of(op.outputs, 0);
  const std::vector<int>& first = shape_of(op.inputs, 0);
  const std::vector<int>& second = shape_of(op.inputs, 1);
  // Filters are [output channels, taps..., input channels]; depthwise ones [1, height, width,
  // channels].
  if (op.kind == "CONV_2D") return volume(out) * volume(second, 1, 4);
  if (op.kind == "CONV_3D") return volume(out) * volume(second, 0, 4);
  if (op.kind == "DEPTHWISE_CONV_2D") return volume(out) * volume(second, 1, 3);
  if (op.kind == "TRANSPOSE_CONV") return volume(shape_of(op.inputs, 2)) * volume(second, 0, 3);
  if (op.kind == "FULLY_CONNECTED") return volume(out) * volume(second, 1, 2);
  if (op.kind == "BATCH_MATMUL" && out.size() >= 2 && first.size() >= 2) {
    // Rows times depth, whichever way round the left side is stored.
    const std::int64_t left = volume(first, first.size() - 2, first.size());
    const std::int64_t rows = out[out.size() - 2];
    return rows == 0 ? 0 : volume(out) * (left / rows);
  }
  return 0;
}

std::int64_t macs(const Model& model) {
  return std::accumulate(
      model.operators.begin(), model.operators.end(), std::int64_t{0},
      [&](std::int64_t sum, const Operator& op) { return sum + macs(model, op); });
}

}  // namespace thimble::tflite
