// See quantize.h. TOSA has no division of floats, so these are operations of MLIR's arith and math
// dialects, which IREE takes on tensors just as well.
#include "compiler/tosa/quantize.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace thimble::tosa {
namespace {

using mlir::Operation;

constexpr int kSignedShift = 128;  // the converter computes uint8 as int8, lower by this

// Builds a chain of elementwise operations over one shape.
class Chain {
 public:
  Chain(std::string prefix, std::string shape, std::string location)
      : prefix_(std::move(prefix)), shape_(std::move(shape)), location_(std::move(location)) {}

  [[nodiscard]] std::string type(std::string_view element) const {
    return fmt::format("tensor<{}{}>", shape_, element);
  }

  std::string add(const std::string& name, const std::vector<std::string>& operands,
                  const std::vector<std::string>& operand_elements, std::string_view element,
                  mlir::Attributes properties = {}) {
    Operation operation;
    operation.name = name;
    operation.results = {fmt::format("%{}_{}", prefix_, operations.size())};
    operation.operands = operands;
    for (const std::string& operand_element : operand_elements)
      operation.operand_types.push_back(type(operand_element));
    operation.result_types = {type(element)};
    operation.properties = std::move(properties);
    operation.location = location_;
    operations.push_back(operation);
    return operation.results[0];
  }

  // The same number everywhere; floats by their bits, so that none changes on the way.
  std::string number(float value) {
    return add("arith.constant", {}, {}, "f32",
               {{"value", fmt::format("dense<0x{:08X}> : {}", std::bit_cast<std::uint32_t>(value),
                                      type("f32"))}});
  }
  std::string number(std::int32_t value) {
    return add("arith.constant", {}, {}, "i32",
               {{"value", fmt::format("dense<{}> : {}", value, type("i32"))}});
  }

  std::vector<Operation> operations;

 private:
  std::string prefix_;
  std::string shape_;
  std::string location_;
};

std::vector<Operation> exact_quantize(const Operation& first, const Operation& last,
                                      const tflite::Tensor& output) {
  const std::string& in = first.operand_types[0];
  Chain chain(fmt::format("quantize_{}", output.index), in.substr(7, in.size() - 7 - 4),
              last.location);
  const bool is_unsigned = output.type == tflite::ElementType::kUint8;
  const auto zero_point = static_cast<std::int32_t>(output.quantization.zero_point[0]) -
                          (is_unsigned ? kSignedShift : 0);
  const int width = tflite::bits(output.type);
  const auto lowest = static_cast<float>(-(1 << (width - 1)) - zero_point);
  const auto highest = static_cast<float>((1 << (width - 1)) - 1 - zero_point);
  const mlir::Attributes strict{{"fastmath", "#arith.fastmath<none>"}};
  const auto clamp = [&](const std::string& value, float limit, std::string_view predicate) {
    const std::string bound = chain.number(limit);
    const std::string beyond =
        chain.add("arith.cmpf", {value, bound}, {"f32", "f32"}, "i1",
                  {{"fastmath", "#arith.fastmath<none>"}, {"predicate", std::string(predicate)}});
    return chain.add("arith.select", {beyond, bound, value}, {"i1", "f32", "f32"}, "f32");
  };
  const std::string scale = chain.number(output.quantization.scale[0]);
  const std::string quotient =
      chain.add("arith.divf", {first.operands[0], scale}, {"f32", "f32"}, "f32", strict);
  std::string value = chain.add("math.round", {quotient}, {"f32"}, "f32", strict);
  value = clamp(value, lowest, "4 : i64");   // olt
  value = clamp(value, highest, "2 : i64");  // ogt
  value = chain.add("arith.fptosi", {value}, {"f32"}, "i32");
  const std::string zero = chain.number(zero_point);
  value = chain.add("arith.addi", {value, zero}, {"i32", "i32"}, "i32",
                    {{"overflowFlags", "#arith.overflow<none>"}});
  chain.add("arith.trunci", {value}, {"i32"}, fmt::format("i{}", width),
            {{"overflowFlags", "#arith.overflow<none>"}});
  chain.operations.back().results = last.results;
  return std::move(chain.operations);
}

}  // namespace

void quantize_like_the_reference(Operation& function, const mlir::Module& module,
                                 const tflite::Model& model) {
  std::vector<Operation>& body = function.regions[0].blocks[0].operations;
  for (const tflite::Operator& op : model.operators) {
    if (op.kind != "QUANTIZE") continue;
    const auto tensor_at = [&](int index) -> const tflite::Tensor& {
      return model.tensors[static_cast<std::size_t>(index)];
    };
    const tflite::Tensor& output = tensor_at(op.outputs[0]);
    if (tensor_at(op.inputs[0]).type != tflite::ElementType::kFloat32 ||
        output.quantization.scale.size() != 1 || output.quantization.zero_point.size() != 1 ||
        tflite::bits(output.type) > 16) {
      continue;
    }
    const std::string name = fmt::format("t{}", output.index);
    const auto is_part = [&](const Operation& operation) {
      return module.location_name(operation) == name && !operation.name.starts_with("tosa.const");
    };
    const auto first = std::ranges::find_if(body, is_part);
    const auto last = std::ranges::find_if_not(first, body.end(), is_part);
    // Only what the converter is known to emit is replaced: multiply ... cast to the narrow type.
    if (first == body.end() || first->name != "tosa.mul" || std::prev(last)->name != "tosa.cast")
      continue;
    const std::vector<Operation> exact = exact_quantize(*first, *std::prev(last), output);
    body.insert(body.erase(first, last), exact.begin(), exact.end());
  }
}

}  // namespace thimble::tosa
