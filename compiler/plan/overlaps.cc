// See overlaps.h.
#include "compiler/plan/overlaps.h"

#include <limits>

namespace thimble::plan {
namespace {

using iree::Range;

class Overlaps {
 public:
  Overlaps(const iree::Trace& trace, const Liveness& liveness)
      : trace_(trace), liveness_(liveness) {}

  // A copy reads everything before it writes.
  void add_copy(std::size_t step) {
    const std::vector<int>& tensors = liveness_.step_tensors[step];
    if (!meet_here(step, 1, 0)) return;
    found_.push_back({tensors[1], tensors[0], std::numeric_limits<std::int32_t>::min(), 1, 0});
  }

  // Operands of a microkernel: inputs, output, scratch. What is read in an order that isn't known
  // stays apart from the output.
  void add_layer(std::size_t step, const offload::Layer& layer) {
    const std::size_t inputs = layer.orders.size();
    const std::vector<Range> ranges = iree::ranges(trace_.steps[step]);
    if (inputs == 0 || ranges.size() != inputs + 1) return;
    for (std::size_t i = 0; i < inputs; ++i) {
      if (!meet_here(step, i, inputs)) continue;
      const int input = liveness_.step_tensors[step][i];
      const int output = liveness_.step_tensors[step][inputs];
      const std::int64_t input_begins = begin(input, ranges[i]);
      const std::int64_t output_begins = begin(output, ranges[inputs]);
      found_.push_back(overlap_of(input, output, offload::lead(layer.orders[i]), layer.orders[i],
                                  input_begins - output_begins));
    }
  }

  [[nodiscard]] std::vector<Overlap> take() { return std::move(found_); }

 private:
  [[nodiscard]] const Tensor& tensor(int number) const {
    return liveness_.tensors[static_cast<std::size_t>(number)];
  }
  [[nodiscard]] std::int64_t begin(int number, const Range& range) const {
    return static_cast<std::int64_t>(range.offset - tensor(number).offset);
  }

  [[nodiscard]] bool meet_here(std::size_t step, std::size_t input, std::size_t output) const {
    const int from = liveness_.step_tensors[step][input];
    const int to = liveness_.step_tensors[step][output];
    const int here = static_cast<int>(step);
    return from >= 0 && to >= 0 && from != to && tensor(from).last_step == here &&
           tensor(to).first_step == here;
  }

  const iree::Trace& trace_;
  const Liveness& liveness_;
  std::vector<Overlap> found_;
};

}  // namespace

Overlap overlap_of(int input, int output, std::int64_t lead, const offload::Order& order,
                   std::int64_t shift) {
  return {input, output, lead - shift, order.channels, shift, order.exactly - shift};
}

std::vector<Overlap> find_overlaps(const iree::Trace& trace, const Liveness& liveness,
                                   const std::map<std::string, int>& numbers,
                                   const std::vector<offload::Layer>& layers) {
  Overlaps overlaps(trace, liveness);
  for (std::size_t s = 0; s < trace.steps.size(); ++s) {
    if (std::holds_alternative<iree::CopyStep>(trace.steps[s])) overlaps.add_copy(s);
    const auto* dispatch = std::get_if<iree::DispatchStep>(&trace.steps[s]);
    const auto number = dispatch == nullptr ? numbers.end() : numbers.find(dispatch->function);
    if (number != numbers.end())
      overlaps.add_layer(s, layers[static_cast<std::size_t>(number->second)]);
  }
  return overlaps.take();
}

}  // namespace thimble::plan
