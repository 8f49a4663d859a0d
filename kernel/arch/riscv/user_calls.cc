// What user mode calls the kernel with. See kernel/user.h.
#include "kernel/config.h"

#if THIMBLE_SAFE
#include "kernel/arch/riscv/user_frame.h"
#include "kernel/user.h"

namespace thimble::user {
namespace {

std::uint64_t ecall(std::uint32_t number, std::uint32_t a = 0, std::uint32_t b = 0) {
  register std::uint32_t a0 asm("a0") = a;
  register std::uint32_t a1 asm("a1") = b;
  register std::uint32_t a7 asm("a7") = number;
  // Safety: the kernel changes a0 and a1 only, and memory that it was shown.
  asm volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a7) : "memory");
  return a0 | std::uint64_t{a1} << 32U;
}

}  // namespace

std::uint32_t call(std::uint32_t index, std::uint32_t a, std::uint32_t b) {
  return static_cast<std::uint32_t>(ecall(USER_CALL_SERVICE + index, a, b));
}

void yield() {
  ecall(USER_CALL_YIELD);
}

void sleep_until(kernel::Deadline deadline) {
  ecall(USER_CALL_SLEEP_UNTIL, static_cast<std::uint32_t>(deadline),
        static_cast<std::uint32_t>(deadline >> 32U));
}

time::Ticks now() {
  return ecall(USER_CALL_NOW);
}

void print(std::string_view text) {
  ecall(USER_CALL_PRINT, reinterpret_cast<std::uintptr_t>(text.data()), text.size());
}

}  // namespace thimble::user
#endif
