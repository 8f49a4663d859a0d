// Which bytes of a trace's buffers belong together as one tensor, and from which step to which step
// they matter.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "compiler/iree/compile.h"
#include "compiler/iree/trace.h"
#include "compiler/plan/alignment.h"

namespace thimble::plan {

/// Bytes that keep their distances when memory is planned anew: whatever one step reads or writes
/// as one range.
struct Tensor {
  int buffer = -1;           ///< of the trace
  std::uint64_t offset = 0;  ///< in that buffer
  std::uint64_t size = 0;
  int first_step = 0;  ///< -1: an input
  int last_step = 0;   ///< number of steps: an output. Both ends count.
  std::uint64_t alignment = kAlignment;
};

struct Liveness {
  std::vector<Tensor> tensors;
  /// For each step, for each of ranges(step): the tensor it belongs to, or -1 for constants.
  std::vector<std::vector<int>> step_tensors;
  /// For each of them: how the step uses it.
  std::vector<std::vector<iree::Access>> step_accesses;
  std::vector<int>
      input_tensors;  ///< by the model's input number; -1 for an input that nothing reads
  std::vector<int> output_tensors;  ///< by the model's output number; -1: a constant
};

/// Definitions reach the reads of the same bytes; what one read joins is one tensor. Functions that
/// `accesses` doesn't know are taken to read and write all their bindings. What only
/// `microkernels`, by the functions that stand for them, use needs no more than their alignment.
[[nodiscard]] Liveness analyze(const iree::Trace& trace, const iree::AccessMap& accesses,
                               std::size_t input_count,
                               const std::set<std::string>& microkernels = {});

}  // namespace thimble::plan
