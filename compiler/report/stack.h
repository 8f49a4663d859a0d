// The largest stack that linked code can need, read from its instructions: the frames along the
// deepest chain of calls. It errs upwards only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/report/elf.h"

namespace thimble {

struct StackFrame {
  std::string function;
  std::uint32_t bytes;  ///< with the most that aligning the stack pointer can cost
};

struct StackNeed {
  std::uint32_t bytes = 0;
  std::vector<StackFrame> path;  ///< from the entry to the deepest function
};

/// What `entry` and all it can call need at most. A call through a register is taken to reach every
/// function whose address the image holds, except those in `not_callees`.
/// Fails with kToolFailed, naming the function, on recursion, on a frame whose size is not constant
/// and on an entry that is not there.
[[nodiscard]] Result<StackNeed> stack_need(const Elf& elf, std::string_view entry,
                                           const std::vector<std::string>& not_callees = {});

}  // namespace thimble
