// How much stack was ever used. Stacks are painted at reset; what is no longer painted was used.
#pragma once

#include <cstddef>
#include <cstdint>

namespace thimble::kernel {

struct StackUse {
  std::uint32_t size;  ///< bytes
  std::uint32_t peak;  ///< bytes, the most so far; size if it was exceeded
};

/// Of any stack that was painted, from `limit` to `top`. Takes time in proportion to what is
/// unused. Callable from anywhere.
[[nodiscard]] StackUse stack_use(const std::byte* limit, const std::byte* top);

/// The main task's stack. Likewise.
[[nodiscard]] StackUse main_stack();

/// The stack that traps run on. Likewise.
[[nodiscard]] StackUse trap_stack();

/// Whether the main stack was exceeded: the guard below it is no longer painted, or
/// `stack_pointer` is below it. Callable from anywhere.
[[nodiscard]] bool main_stack_overflowed(std::uintptr_t stack_pointer = UINTPTR_MAX);

}  // namespace thimble::kernel
