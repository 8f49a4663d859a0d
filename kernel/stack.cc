// Reading the paint of the stacks.
#include "kernel/stack.h"

#include <cstddef>

#include "kernel/arch/riscv/stack_paint.h"
#include "kernel/image.h"

namespace thimble::kernel {
namespace {

std::uint32_t word_at(const std::byte* address) {
  // Safety: stacks are memory of any type; a painted word is read as it lies there, now.
  return *reinterpret_cast<const volatile std::uint32_t*>(address);
}

}  // namespace

StackUse stack_use(const std::byte* limit, const std::byte* top) {
  const std::byte* used = limit;
  while (used < top && word_at(used) == STACK_PAINT) used += sizeof(std::uint32_t);
  return {static_cast<std::uint32_t>(top - limit), static_cast<std::uint32_t>(top - used)};
}

StackUse main_stack() {
  return stack_use(image_main_stack_limit, image_main_stack_top);
}

StackUse trap_stack() {
  return stack_use(image_trap_stack_limit, image_trap_stack_top);
}

bool main_stack_overflowed(std::uintptr_t stack_pointer) {
  return stack_pointer < reinterpret_cast<std::uintptr_t>(image_main_stack_limit) ||
         word_at(image_main_stack_limit - sizeof(std::uint32_t)) != STACK_PAINT;
}

}  // namespace thimble::kernel
