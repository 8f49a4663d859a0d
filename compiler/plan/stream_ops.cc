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

}  // namespace thimble::plan
