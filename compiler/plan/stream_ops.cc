// See stream_ops.h.
#include "compiler/plan/stream_ops.h"

#include "runtime/plan.h"

namespace thimble::plan {

std::vector<StreamOp> read_ops(const std::vector<std::uint8_t>& ops,
                               const std::vector<std::uint32_t>& rows_per_call) {
  std::vector<StreamOp> result;
  for (std::size_t at = 0; at < ops.size();) {
    StreamOp op;
    op.position = at;
    const unsigned first = ops[at];
    if (first < runtime::kSlide) {
      op.number = first;
      op.rows = first < rows_per_call.size() ? rows_per_call[first] : 0;
      ++at;
    } else {
      if (at + 2 >= ops.size()) break;
      if (first == runtime::kCallRows) {
        op.number = ops[at + 1];
        op.rows = ops[at + 2];
      } else {
        op.slides = true;
        op.number = first - runtime::kSlide;
        op.down = ops[at + 1];
        op.kept = ops[at + 2];
      }
      at += 3;
    }
    result.push_back(op);
  }
  return result;
}

std::vector<StreamOp> read_ops(const Plan& plan, std::size_t step) {
  const Stream& stream = plan.streams[static_cast<std::size_t>(plan.steps[step].stream)];
  std::vector<std::uint32_t> rows_per_call;
  for (std::size_t stage = 1; stage <= static_cast<std::size_t>(stream.stages); ++stage)
    rows_per_call.push_back(plan.steps[step + stage].rows_per_call);
  return read_ops(stream.ops, rows_per_call);
}

}  // namespace thimble::plan
