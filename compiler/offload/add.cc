// Sums and differences of two tensors.
#include <fmt/format.h>

#include "compiler/offload/pair_operation.h"

namespace thimble::offload {
namespace {

class Addition : public Candidate {
 public:
  Addition(const Meeting& meeting, const PairFunction& function, const SumForm& form)
      : meeting_(meeting), lowest_(function.lowest), highest_(function.highest), form_(form) {}

  [[nodiscard]] Layer encode(Goal /*goal*/) const override {
    Layer layer;
    layer.symbol = "thimble_add";
    layer.header = "microkernels/elementwise.h";
    layer.descriptor = fmt::format(
        "Add{{{}, {}, {}, {}, {}, {}, {}}}", broadcast_text(meeting_.broadcast), form_.first_factor,
        form_.second_factor, form_.offset, form_.shift, lowest_, highest_);
    layer.rows = meeting_.rows;
    layer.orders = orders_of(meeting_);
    layer.reads = reads_of(meeting_);
    return layer;
  }

 private:
  Meeting meeting_;
  int lowest_;
  int highest_;
  SumForm form_;
};

}  // namespace

Recognition recognize_add(const Graph& graph, const mlir::Operation& operation) {
  const bool subtracts = operation.name == "tosa.sub";
  if (!subtracts && operation.name != "tosa.add") return {};
  const PairReading reading =
      read_pair_operation(graph, operation, [&](std::int64_t first, std::int64_t second) {
        return subtracts ? first - second : first + second;
      });
  if (!reading.operation) return {nullptr, reading.refusal};
  const PairOperation& pair = *reading.operation;
  const double first_sign = subtracts && pair.meeting.swapped ? -1 : 1;
  const double second_sign = subtracts && !pair.meeting.swapped ? -1 : 1;
  const auto form =
      find_sum(pair.function, first_sign * slope(pair.first.outputs) * pair.output_slope,
               second_sign * slope(pair.second.outputs) * pair.output_slope);
  if (!form) return {nullptr, "no short form of it is exact"};
  auto addition = std::make_unique<Addition>(pair.meeting, pair.function, *form);
  addition->inputs = {pair.first.source, pair.second.source};
  addition->last = pair.last;
  return {std::move(addition), {}};
}

}  // namespace thimble::offload
