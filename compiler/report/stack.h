// The largest stack that linked code can need, read from its instructions: the frames along the
// deepest chain of calls. It errs upwards only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/report/elf.h"

namespace thimble {

struct StackFrame {
  std::string function;  ///< demangled
  std::uint32_t bytes;   ///< with the most that aligning the stack pointer can cost
};

struct StackNeed {
  std::uint32_t bytes = 0;
  std::vector<StackFrame> path;  ///< from the entry to the deepest function
};

struct StackOptions {
  /// What the calls through registers of a function can reach, where it is known. Functions are
  /// named as in the symbol table, or demangled without parameters.
  std::map<std::string, std::vector<std::string>> callees;
  std::uint32_t vector_bytes = 16;  ///< length of a vector register
};

/// What `entry` (a symbol) and all it can call need at most. A call through a register is taken to
/// reach every function whose address the image holds or forms, but never to lead back to where it
/// came from. Interrupts are not counted: ask for their entry and add it. Fails with kToolFailed,
/// naming the functions, on recursion, on a frame whose size is not constant and on an entry that
/// is not there.
[[nodiscard]] Result<StackNeed> stack_need(const ElfFile& elf, std::string_view entry,
                                           const StackOptions& options = {});

}  // namespace thimble
