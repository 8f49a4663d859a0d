// The end of the program by semihosting: a call of whoever debugs or simulates the core. It knows
// no reset: the program starts itself anew.
#include "drivers/exit.h"

namespace thimble {
namespace {

constexpr std::uint32_t kExitExtended = 0x20;
constexpr std::uint32_t kApplicationExit = 0x20026;

std::uint32_t call(std::uint32_t operation, const void* parameters) {
  register std::uint32_t result asm("a0") = operation;
  register const void* block asm("a1") = parameters;
  // Safety: a breakpoint among these three instructions, of four bytes each and within 16, is a
  // call; without somebody who takes it, it is a fault, which is reported as such.
  asm volatile(
      ".balign 16\n"
      ".option push\n"
      ".option norvc\n"
      "slli zero, zero, 0x1f\n"
      "ebreak\n"
      "srai zero, zero, 7\n"
      ".option pop\n"
      : "+r"(result)
      : "r"(block)
      : "memory");
  return result;
}

}  // namespace

void exit_program(std::uint16_t code) {
  const std::uint32_t block[] = {kApplicationExit, code};
  while (true) static_cast<void>(call(kExitExtended, block));
}

void reset_machine() {
  // Safety: from here on nothing of this program is needed; reset sets up all that it relies on,
  // but for interrupts, and MPRV, with which machine mode's accesses might not be its own.
  asm volatile(
      "csrw mie, zero\n"
      "csrci mstatus, 8\n"
      "li t0, 0x20000\n"
      "csrc mstatus, t0\n"
      "j _start");
  __builtin_unreachable();
}

}  // namespace thimble
