// Products of two tensors.
#include <fmt/format.h>

#include "compiler/offload/pair_operation.h"

namespace thimble::offload {
namespace {

struct ZeroPoints {
  int first;
  int second;
};

class Multiplication : public Candidate {
 public:
  Multiplication(const Meeting& meeting, ZeroPoints zero_points, const PairFunction& function,
                 const ProductForm& form)
      : meeting_(meeting),
        zero_points_(zero_points),
        lowest_(function.lowest),
        highest_(function.highest),
        form_(form) {}

  [[nodiscard]] Layer encode(Goal /*goal*/) const override {
    Layer layer;
    layer.symbol = "thimble_multiply";
    layer.header = "microkernels/elementwise.h";
    layer.descriptor = fmt::format("Multiply{{{}, {}, {}, {}, {}, {}, {}, {}, {}}}",
                                   broadcast_text(meeting_.broadcast), zero_points_.first,
                                   zero_points_.second, form_.factor, form_.offset,
                                   form_.negative_offset, form_.shift, lowest_, highest_);
    layer.rows = meeting_.rows;
    layer.orders = orders_of(meeting_);
    layer.reads = reads_of(meeting_);
    return layer;
  }

 private:
  Meeting meeting_;
  ZeroPoints zero_points_;
  int lowest_;
  int highest_;
  ProductForm form_;
};

// Of a function that is the input less a number.
std::optional<int> zero_point(const Outputs& outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i] - outputs[0] != static_cast<std::int8_t>(i)) return std::nullopt;
  }
  const std::int64_t zero = -outputs[0];
  if (zero != static_cast<std::int8_t>(zero)) return std::nullopt;
  return static_cast<int>(zero);
}

}  // namespace

Recognition recognize_multiply(const Graph& graph, const mlir::Operation& operation) {
  if (operation.name != "tosa.mul" || graph.single(operation.operands[2]) != 0) return {};
  const PairReading reading = read_pair_operation(graph, operation, std::multiplies<>());
  if (!reading.operation) return {nullptr, reading.refusal};
  const PairOperation& pair = *reading.operation;
  const auto first = zero_point(pair.first.outputs);
  const auto second = zero_point(pair.second.outputs);
  if (!first || !second) return {nullptr, "inputs that are rescaled first"};
  const auto form = find_product(pair.function, *first, *second, pair.output_slope);
  if (!form) return {nullptr, "no short form of it is exact"};
  auto multiplication = std::make_unique<Multiplication>(pair.meeting, ZeroPoints{*first, *second},
                                                         pair.function, *form);
  multiplication->inputs = {pair.first.source, pair.second.source};
  multiplication->last = pair.last;
  return {std::move(multiplication), {}};
}

}  // namespace thimble::offload
