// See channel_ranges.h.
#include "compiler/offload/channel_ranges.h"

#include <algorithm>

#include "compiler/offload/range_rules.h"

namespace thimble::offload {
namespace {

using mlir::Operation;

class Analysis {
 public:
  explicit Analysis(const Graph& graph) : graph_(graph) {}

  void visit(const Operation& operation) {
    if (operation.result_types.size() != 1 || operation.operands.empty()) return;
    const Range all = range_of_type(operation.result_types[0]);
    if (all.lowest > all.highest || channel_count(operation.result_types[0]) == 0) return;
    Ranges ranges;
    if (const auto sums = read_channel_sums(graph_, operation)) {
      ranges = ranges_of_sums(*sums, of(operation, 0));
    } else {
      const Step step = step_of(operation);
      if (!step.operands.empty()) ranges = ranges_of_result(step);
    }
    // What may overflow wraps around, and can be anything.
    for (Range& range : ranges) {
      if (range.lowest < all.lowest || range.highest > all.highest) range = all;
    }
    if (!ranges.empty()) known_[operation.results[0]] = std::move(ranges);
  }

  ChannelRanges take() { return std::move(known_); }

 private:
  // What each channel of an operand can be; empty if that is no tensor of whole numbers.
  const Ranges& of(const Operation& operation, std::size_t operand) {
    const std::string& value = operation.operands[operand];
    const auto found = known_.find(value);
    if (found != known_.end()) return found->second;
    const std::string& type = operation.operand_types[operand];
    const Range all = range_of_type(type);
    const auto channels = static_cast<std::size_t>(channel_count(type));
    Ranges ranges(all.lowest <= all.highest ? channels : 0, all);
    if (const auto constant = graph_.constant(value); constant && !ranges.empty()) {
      std::ranges::fill(ranges, kNothing);
      for (std::size_t i = 0; i < constant->size(); ++i) {
        const std::int64_t number = (*constant)[i];
        ranges[i % channels] = hull(ranges[i % channels], {number, number});
      }
    }
    return known_[value] = std::move(ranges);
  }

  // Empty operands: nothing is known of them.
  Step step_of(const Operation& operation) {
    Step step{graph_, operation, {}};
    const auto outputs = static_cast<std::size_t>(channel_count(operation.result_types[0]));
    const auto links = channel_links(graph_, operation);
    if (links.empty()) return step;
    const std::size_t operands = operation.name == "tosa.concat" ? operation.operands.size()
                                 : operation.name == "tosa.add" || operation.name == "tosa.sub" ||
                                         operation.name == "tosa.mul"
                                     ? 2
                                     : 1;
    for (std::size_t i = 0; i < operands; ++i) {
      const Ranges& inputs = of(operation, i);
      if (inputs.empty()) return {graph_, operation, {}};
      const auto link = std::ranges::find(links, i, &ChannelLink::operand);
      // An operand of one channel beside others of more is used for all of them.
      Ranges aligned(outputs, link == links.end() ? inputs[0] : kNothing);
      for (int n = 0; link != links.end() && n < link->count; ++n) {
        Range& range = aligned[static_cast<std::size_t>(link->offset + n) % outputs];
        range = hull(range, inputs[static_cast<std::size_t>(n / link->divisor) % inputs.size()]);
      }
      step.operands.push_back(std::move(aligned));
    }
    return step;
  }

  const Graph& graph_;
  ChannelRanges known_;
};

}  // namespace

ChannelRanges channel_ranges(const Graph& graph, const std::vector<Operation>& body) {
  Analysis analysis(graph);
  for (const Operation& operation : body) analysis.visit(operation);
  return analysis.take();
}

}  // namespace thimble::offload
