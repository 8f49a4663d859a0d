// See maxima.h.
#include "compiler/tosa/maxima.h"

#include <fmt/format.h>

namespace thimble::tosa {
namespace {

using mlir::Operation;
using mlir::TensorType;

std::string text(const TensorType& type) {
  return type.shape.empty()
             ? fmt::format("tensor<{}>", type.element)
             : fmt::format("tensor<{}x{}>", fmt::join(type.shape, "x"), type.element);
}

class Widener {
 public:
  // The same operation on 32 bits.
  void widen(Operation narrow, const TensorType& type, const TensorType& result,
             std::vector<Operation>& out) {
    TensorType wide = type;
    wide.element = "i32";
    TensorType wide_result = result;
    wide_result.element = "i32";
    out.push_back(cast(narrow.operands[0], type, wide));
    Operation back = cast("", wide_result, result);
    std::swap(back.results, narrow.results);
    back.operands = narrow.results;
    back.location = narrow.location;
    narrow.operands = out.back().results;
    narrow.operand_types = {text(wide)};
    narrow.result_types = {text(wide_result)};
    out.push_back(std::move(narrow));
    out.push_back(std::move(back));
  }

 private:
  Operation cast(const std::string& operand, const TensorType& from, const TensorType& to) {
    Operation operation;
    operation.name = "tosa.cast";
    operation.results = {fmt::format("%maximum_{}", next_++)};
    operation.operands = {operand};
    operation.operand_types = {text(from)};
    operation.result_types = {text(to)};
    return operation;
  }

  int next_ = 0;
};

}  // namespace

void widen_maxima(Operation& function) {
  std::vector<Operation>& body = function.regions[0].blocks[0].operations;
  std::vector<Operation> result;
  Widener widener;
  for (Operation& operation : body) {
    const bool is_maximum = operation.name == "tosa.reduce_max" ||
                            operation.name == "tosa.reduce_min" ||
                            operation.name == "tosa.max_pool2d";
    const auto type = is_maximum ? mlir::tensor_type(operation.operand_types[0]) : std::nullopt;
    const auto output = is_maximum ? mlir::tensor_type(operation.result_types[0]) : std::nullopt;
    if (type && output && (type->element == "i8" || type->element == "i16")) {
      widener.widen(std::move(operation), *type, *output, result);
    } else {
      result.push_back(std::move(operation));
    }
  }
  body = std::move(result);
}

}  // namespace thimble::tosa
