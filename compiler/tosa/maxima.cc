// See maxima.h.
#include "compiler/tosa/maxima.h"

#include <fmt/format.h>

namespace thimble::tosa {
namespace {

using mlir::Operation;
using mlir::TensorType;

constexpr const char* kPropagate = "#tosa.nan_mode<PROPAGATE>";

std::string text(const TensorType& type) {
  return type.shape.empty()
             ? fmt::format("tensor<{}>", type.element)
             : fmt::format("tensor<{}x{}>", fmt::join(type.shape, "x"), type.element);
}

class Widener {
 public:
  Operation with(const std::string& name, const std::string& operand, const TensorType& from,
                 const TensorType& to, mlir::Attributes properties = {}) {
    Operation operation;
    operation.name = name;
    operation.results = {fmt::format("%maximum_{}", next_++)};
    operation.operands = {operand};
    operation.operand_types = {text(from)};
    operation.result_types = {text(to)};
    operation.properties = std::move(properties);
    return operation;
  }

  // Reduces one dimension of `value` in 32 bits; `type` becomes the result's. Returns the result.
  std::string reduce(const std::string& name, const std::string& value, TensorType& type,
                     std::size_t axis, std::vector<Operation>& out) {
    TensorType wide = type;
    wide.element = "i32";
    out.push_back(with("tosa.cast", value, type, wide));
    TensorType reduced = wide;
    reduced.shape[axis] = 1;
    out.push_back(with(name, out.back().results[0], wide, reduced,
                       {{"axis", fmt::format("{} : i32", axis)}, {"nan_mode", kPropagate}}));
    type.shape[axis] = 1;
    out.push_back(with("tosa.cast", out.back().results[0], reduced, type));
    return out.back().results[0];
  }

  // Replaces a max-pool by reductions where its window covers a dimension, and a smaller pool if
  // one is left.
  bool widen_pool(const Operation& pool, TensorType type, std::vector<Operation>& out) {
    std::vector<std::int64_t> kernel = mlir::integers(*pool.find("kernel"));
    const std::vector<std::int64_t> pad = mlir::integers(*pool.find("pad"));
    const auto result = mlir::tensor_type(pool.result_types[0]);
    if (kernel.size() != 2 || pad.size() != 4 || !result || type.shape.size() != 4) return false;
    std::string value = pool.operands[0];
    const std::size_t before = out.size();
    for (const std::size_t side : {0, 1}) {
      const std::size_t axis = side + 1;
      if (pad[2 * side] != 0 || pad[2 * side + 1] != 0 || kernel[side] != type.shape[axis] ||
          kernel[side] == 1)
        continue;
      value = reduce("tosa.reduce_max", value, type, axis, out);
      kernel[side] = 1;
    }
    if (out.size() == before) return false;
    if (kernel[0] != 1 || kernel[1] != 1) {
      Operation rest = pool;
      rest.operands = {value};
      rest.operand_types = {text(type)};
      rest.set("kernel", fmt::format("array<i64: {}, {}>", kernel[0], kernel[1]));
      out.push_back(std::move(rest));
    } else if (type.shape !=
               result->shape) {  // a stride with a window of one: not from any converter
      out.resize(before);
      return false;
    }
    return true;
  }

 private:
  int next_ = 0;
};

}  // namespace

void widen_maxima(Operation& function) {
  std::vector<Operation>& body = function.regions[0].blocks[0].operations;
  std::vector<Operation> result;
  Widener widener;
  for (Operation& operation : body) {
    const bool reduces = operation.name == "tosa.reduce_max" || operation.name == "tosa.reduce_min";
    std::optional<TensorType> type;
    if (reduces || operation.name == "tosa.max_pool2d")
      type = mlir::tensor_type(operation.operand_types[0]);
    const bool narrow = type && (type->element == "i8" || type->element == "i16");
    bool replaced = false;
    if (narrow && reduces) {
      const std::string* axis = operation.find("axis");
      const auto place =
          static_cast<std::size_t>(axis == nullptr ? 0 : mlir::integers(*axis).at(0));
      widener.reduce(operation.name, operation.operands[0], *type, place, result);
      replaced = true;
    } else if (narrow) {
      replaced = widener.widen_pool(operation, *type, result);
    }
    if (replaced) {
      result.back().results = operation.results;
      result.back().location = operation.location;
    } else {
      result.push_back(std::move(operation));
    }
  }
  body = std::move(result);
}

}  // namespace thimble::tosa
