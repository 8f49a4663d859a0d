// See followings.h.
#include "compiler/plan/followings.h"

#include <algorithm>

#include "compiler/plan/overlaps.h"

namespace thimble::plan {
namespace {

// Whether only one of the stage's inputs is in that operand, and nobody reads it behind the chain.
bool may_be_followed(const Parts& parts, const Stage& stage, std::size_t operand) {
  return parts.roles[operand].ends &&
         std::ranges::count(stage.inputs, operand, &StageInput::operand) == 1;
}

}  // namespace

std::vector<Following> find_followings(const Parts& parts, const Call& call, std::size_t time) {
  const Stage& stage = parts.stages[call.stage];
  if (stage.layer == nullptr || stage.reduces() ||
      stage.layer->orders.size() != stage.layer->reads.size())
    return {};
  const int end = stage.next + call.rows;
  const std::int64_t output_at = parts.roles[stage.output].at;
  std::vector<Following> result;
  for (const StageInput& input : stage.inputs) {
    if (!may_be_followed(parts, stage, input.operand)) continue;
    const offload::Order& order = stage.layer->orders[input.number];
    const std::int64_t input_at = parts.roles[input.operand].at;
    const std::int64_t shift = (input.offset - input_at) - (stage.output_offset - output_at);
    Following following;
    following.time = time;
    following.overlap =
        overlap_of(parts.operands[input.operand].tensor, parts.operands[stage.output].tensor,
                   lead(order, stage.next, end), order, shift);
    following.read_end = parts.needed_from(input.operand, &call) - input_at;
    following.write_begin = stage.written(stage.next) - output_at;
    result.push_back(following);
  }
  return result;
}

std::int64_t most_shared(const Following& following, const Alive& input, const Alive& output) {
  const Overlap& overlap = following.overlap;
  const auto shared = [&](std::int64_t difference) {
    return std::min(difference + following.read_end, output.end) -
           std::max(difference + input.begin, following.write_begin);
  };
  std::int64_t least = overlap.lead;
  while (!overlap.allows(least)) ++least;
  return std::max({std::int64_t{0}, shared(least), shared(overlap.exactly)});
}

}  // namespace thimble::plan
