// See pointwise.h.
#include "compiler/offload/pointwise.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "microkernels/requantize.h"

namespace thimble::offload {
namespace {

using mlir::Operation;

// Bounds of a type that int8 networks compute in; `bits` 0 for others.
struct Integer {
  int bits = 0;
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
};

Integer integer(std::string_view type, bool is_unsigned) {
  const auto tensor = mlir::tensor_type(type);
  if (!tensor) return {};
  const int bits = tensor->element == "i8" ? 8 : tensor->element == "i32" ? 32 : 0;
  if (bits == 0) return {};
  const std::int64_t half = std::int64_t{1} << (bits - 1);
  return is_unsigned ? Integer{bits, 0, 2 * half - 1} : Integer{bits, -half, half - 1};
}

bool is_int8(std::string_view type) {
  return integer(type, false).bits == 8;
}

bool is_true(const Operation& operation, std::string_view flag) {
  const std::string* text = operation.find(flag);
  return text != nullptr && *text == "true";
}

// The operands of an operation that it combines element by element, the others
// being its parameters. None if the operation isn't one that evaluate() knows.
std::size_t combined(const Operation& operation) {
  static const std::map<std::string_view, std::size_t> known_operations{
      {"tosa.rescale", 1}, {"tosa.clamp", 1},   {"tosa.table", 1},
      {"tosa.reshape", 1}, {"tosa.add", 2},     {"tosa.sub", 2},
      {"tosa.mul", 2},     {"tosa.maximum", 2}, {"tosa.minimum", 2}};
  const auto known = known_operations.find(operation.name);
  if (known == known_operations.end() || operation.operands.size() < known->second ||
      integer(operation.result_types[0], false).bits == 0) {
    return 0;
  }
  return known->second;
}

class Evaluator {
 public:
  Evaluator(const Graph& graph, std::string source, std::int64_t input)
      : graph_(graph), values_{{std::move(source), input}} {}

  // Absent when an operation has a form that isn't known, or overflows.
  std::optional<std::int64_t> operator()(const std::string& value) {
    if (const auto known = values_.find(value); known != values_.end()) return known->second;
    const std::optional<std::int64_t> result = compute(value);
    if (result) values_[value] = *result;
    return result;
  }

 private:
  std::optional<std::int64_t> compute(const std::string& value) {
    if (const auto constant = graph_.single(value)) return constant;
    const Operation* operation = graph_.producer(value);
    const std::size_t count = operation == nullptr ? 0 : combined(*operation);
    if (count == 0) return std::nullopt;
    const auto first = (*this)(operation->operands[0]);
    if (!first) return std::nullopt;
    if (operation->name == "tosa.rescale") return rescaled(*operation, *first);
    if (operation->name == "tosa.reshape") return first;
    if (operation->name == "tosa.clamp") {
      const auto lowest = mlir::integers(*operation->find("min_val"));
      const auto highest = mlir::integers(*operation->find("max_val"));
      if (lowest.size() != 1 || highest.size() != 1) return std::nullopt;
      return std::min(std::max(*first, lowest[0]), highest[0]);
    }
    if (operation->name == "tosa.table") {
      const auto table = graph_.constant(operation->operands[1]);
      if (!table || table->size() != 256 || !is_int8(operation->operand_types[0]))
        return std::nullopt;
      return (*table)[static_cast<std::size_t>(*first + 128)];
    }
    const auto second = (*this)(operation->operands[1]);
    if (!second) return std::nullopt;
    return combine(*operation, *first, *second);
  }

  [[nodiscard]] std::optional<std::int64_t> combine(const Operation& operation, std::int64_t first,
                                                    std::int64_t second) const {
    if (operation.name == "tosa.maximum") return std::max(first, second);
    if (operation.name == "tosa.minimum") return std::min(first, second);
    if (operation.name == "tosa.mul" && graph_.single(operation.operands[2]) != 0)
      return std::nullopt;
    const std::int64_t result = operation.name == "tosa.add"   ? first + second
                                : operation.name == "tosa.sub" ? first - second
                                                               : first * second;
    const Integer type = integer(operation.result_types[0], false);
    if (result < type.lowest || result > type.highest) return std::nullopt;
    return result;
  }

  [[nodiscard]] std::optional<std::int64_t> rescaled(const Operation& operation,
                                                     std::int64_t value) const {
    const bool input_unsigned = is_true(operation, "input_unsigned");
    const Integer input = integer(operation.operand_types[0], input_unsigned);
    const Integer output =
        integer(operation.result_types[0], is_true(operation, "output_unsigned"));
    const auto multiplier = graph_.single(operation.operands[1]);
    const auto shift = graph_.single(operation.operands[2]);
    const auto input_zero = graph_.single(operation.operands[3]);
    const auto output_zero = graph_.single(operation.operands[4]);
    const std::string* rounding = operation.find("rounding_mode");
    if (!multiplier || !shift || !input_zero || !output_zero || *shift < 2 || *shift > 62 ||
        !is_true(operation, "scale32") || rounding == nullptr) {
      return std::nullopt;
    }
    const bool twice = rounding->find("DOUBLE_ROUND") != std::string::npos;
    if (!twice && rounding->find("SINGLE_ROUND") == std::string::npos) return std::nullopt;
    const auto as = [](std::int64_t number,
                       const Integer& type) {  // its bits read as the type
      const std::int64_t values = type.highest - type.lowest + 1;
      return number > type.highest  ? number - values
             : number < type.lowest ? number + values
                                    : number;
    };
    const std::int64_t scaled =
        microkernels::apply_scale(as(value, input) - as(*input_zero, input), *multiplier,
                                  static_cast<int>(*shift), twice) +
        as(*output_zero, output);
    if (output.bits == 32 && (scaled < output.lowest || scaled > output.highest))
      return std::nullopt;
    return as(std::clamp(scaled, output.lowest, output.highest),
              integer(operation.result_types[0], false));
  }

  const Graph& graph_;
  std::map<std::string, std::int64_t> values_;
};

// Collects the int8 values that `value` depends on: the next ones, or the
// farthest. All that lies between has as many elements: nothing is repeated or
// moved.
class Sources {
 public:
  Sources(const Graph& graph, bool farthest, std::int64_t elements)
      : graph_(graph), farthest_(farthest), elements_(elements) {}

  // False when it depends on anything else.
  bool collect(const std::string& value, const std::string& type, bool outermost) {
    if (!seen_.insert(value).second || graph_.single(value)) return true;
    const auto tensor = mlir::tensor_type(type);
    if (!tensor || integer(type, false).bits == 0) return false;
    if (tensor->count() != elements_)  // one number is the same everywhere
      return Evaluator(graph_, {}, 0)(value).has_value();
    const Operation* operation = graph_.producer(value);
    const bool ends = !outermost && is_int8(type) && (!farthest_ || graph_.is_layer(value));
    const std::size_t count = operation == nullptr || ends ? 0 : combined(*operation);
    if (count == 0) {
      found.insert(value);
      return is_int8(type);
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (!collect(operation->operands[i], operation->operand_types[i], false)) return false;
    }
    return true;
  }

  std::set<std::string> found;

 private:
  const Graph& graph_;
  const bool farthest_;
  const std::int64_t elements_;
  std::set<std::string> seen_;
};

std::optional<std::string> source_of(const Graph& graph, const std::string& value, bool farthest) {
  const Operation* operation = graph.producer(value);
  const auto type =
      operation == nullptr ? std::nullopt : mlir::tensor_type(operation->result_types[0]);
  if (!type) return std::nullopt;
  Sources sources(graph, farthest, type->count());
  if (!sources.collect(value, operation->result_types[0], true) || sources.found.size() != 1 ||
      sources.found.contains(value)) {
    return std::nullopt;
  }
  return *sources.found.begin();
}

std::optional<Pointwise> evaluate(const Graph& graph, const std::string& value,
                                  const std::string& source) {
  Pointwise function{source, {}};
  for (std::size_t i = 0; i < function.outputs.size(); ++i) {
    const auto output = Evaluator(graph, source, static_cast<std::int8_t>(i))(value);
    if (!output) return std::nullopt;
    function.outputs[i] = *output;
  }
  return function;
}

std::optional<std::string> longest_source_of(const Graph& graph, const std::string& value) {
  auto source = source_of(graph, value, true);
  if (!source) source = source_of(graph, value, false);
  return source;
}

}  // namespace

std::optional<Pointwise> read_pointwise(const Graph& graph, const std::string& value) {
  const auto source = source_of(graph, value, false);
  return source ? evaluate(graph, value, *source) : std::nullopt;
}

std::optional<Pointwise> read_longest_pointwise(const Graph& graph, const std::string& value) {
  const auto source = longest_source_of(graph, value);
  return source ? evaluate(graph, value, *source) : std::nullopt;
}

bool is_passed_over(const Graph& graph, const std::string& value, const std::string& source) {
  return std::ranges::all_of(graph.users(value), [&](const Operation* user) {
    if (combined(*user) == 0 || longest_source_of(graph, user->results[0]) != source) return false;
    const bool is_computed = is_int8(user->result_types[0]) && user->name != "tosa.reshape";
    return is_computed || is_passed_over(graph, user->results[0], source);
  });
}

}  // namespace thimble::offload
