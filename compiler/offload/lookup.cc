// Functions of one int8 tensor, element by element: tables, rescales and clamps
// that stand alone, arithmetic with one number, and chains of all these.
#include <fmt/format.h>

#include "compiler/offload/bytes.h"
#include "compiler/offload/candidate.h"
#include "compiler/offload/elementwise.h"
#include "compiler/offload/pointwise.h"

namespace thimble::offload {
namespace {

// The table of microkernels::LookupSteps.
std::optional<std::vector<std::uint8_t>> step_table_of(const std::vector<std::uint8_t>& outputs) {
  const auto output_of = [&](unsigned number) { return outputs[number ^ 0x80U]; };
  std::vector<std::uint32_t> words;
  std::vector<std::uint8_t> firsts;
  for (unsigned first = 0; first < 256; first += 16) {
    std::uint32_t& word = words.emplace_back(0);
    for (unsigned i = 1; i < 16; ++i) {
      const int step = output_of(first + i) - output_of(first + i - 1);
      // Outputs are bytes, so that a step from 127 to -128 is one of 1.
      const auto rise = static_cast<std::uint8_t>(step);
      if (rise > 3) return std::nullopt;
      word |= std::uint32_t{rise} << (2 * i);
    }
    firsts.push_back(output_of(first));
  }
  std::vector<std::uint8_t> table = bytes_of(words);
  table.insert(table.end(), firsts.begin(), firsts.end());
  return table;
}

class Lookup : public Candidate {
 public:
  Lookup(const Outputs& outputs, const mlir::TensorType& type)
      : outputs_(outputs.begin(), outputs.end()), rows_(rows_of(type)), count_(type.count()) {}

  [[nodiscard]] Layer encode(Goal goal) const override {
    const auto steps = goal == Goal::kSize ? step_table_of(outputs_) : std::nullopt;
    Layer layer;
    layer.symbol = steps ? "thimble_lookup_steps" : "thimble_lookup";
    layer.header = "microkernels/elementwise.h";
    layer.descriptor =
        fmt::format("{}{{$0, {}}}", steps ? "LookupSteps" : "Lookup", count_ / rows_);
    layer.constants.push_back(steps.value_or(outputs_));
    layer.rows = rows_;
    layer.reads = {{0, count_ / rows_, count_ / rows_}};
    const auto tell = [&](auto& order) {
      microkernels::lookup_order({nullptr, static_cast<std::uint32_t>(count_ / rows_)},
                                 static_cast<std::uint32_t>(rows_), order);
    };
    layer.orders = {by_rows(recorded(tell), rows_, layer.reads[0].step)};
    return layer;
  }

 private:
  std::vector<std::uint8_t> outputs_;
  int rows_;
  std::int64_t count_;
};

}  // namespace

Recognition recognize_lookup(const Graph& graph, const mlir::Operation& operation) {
  if (operation.results.size() != 1 || operation.name == "tosa.reshape") return {};
  const auto type = mlir::tensor_type(operation.result_types[0]);
  if (!type || type->element != "i8" || type->count() == 0) return {};
  const auto function = read_longest_pointwise(graph, operation.results[0]);
  if (!function || is_passed_over(graph, operation.results[0], function->source)) return {};
  auto lookup = std::make_unique<Lookup>(function->outputs, *type);
  lookup->inputs = {function->source};
  lookup->last = &operation;
  return {std::move(lookup), {}};
}

}  // namespace thimble::offload
