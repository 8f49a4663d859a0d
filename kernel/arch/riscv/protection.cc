// See protection.h.
#include "kernel/arch/riscv/protection.h"

#include "kernel/arch/riscv/interrupts.h"
#include "kernel/image.h"
#include "kernel/panic.h"
#include "kernel/task.h"

#if THIMBLE_SAFE
namespace thimble::kernel {
namespace {

constexpr std::uint8_t kRead = 1;
constexpr std::uint8_t kWrite = 2;
constexpr std::uint8_t kExecute = 4;
constexpr std::uint8_t kUpTo = 1U << 3U;   // from the entry before it, to this one's address
constexpr std::uint8_t kBlock = 3U << 3U;  // of a power of two bytes, at a multiple of that
constexpr std::uint8_t kLocked = 1U << 7U;

constexpr std::size_t kFixedGuardBytes = 32;
constexpr std::size_t kNullPageBytes = 4096;

alignas(kFixedGuardBytes)
    [[gnu::section(".stacks.trap_guard")]] std::byte trap_stack_guard[kFixedGuardBytes];
alignas(kFixedGuardBytes)
    [[gnu::section(".stacks.main_guard")]] std::byte main_stack_guard[kFixedGuardBytes];

// What pmpaddr holds for a block.
std::uint32_t block(std::uintptr_t start, std::size_t bytes) {
  return (start | (bytes / 2 - 1)) >> 2U;
}

std::uint32_t block(const std::byte* start, std::size_t bytes) {
  return block(reinterpret_cast<std::uintptr_t>(start), bytes);
}

std::uint32_t address(const std::byte* byte) {
  return reinterpret_cast<std::uintptr_t>(byte) >> 2U;
}

constexpr std::uint32_t four(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return a | (std::uint32_t{b} << 8U) | (std::uint32_t{c} << 16U) | (std::uint32_t{d} << 24U);
}

// Reads the word at `address` and writes it back; whether that trapped.
bool traps(std::uintptr_t address) {
  std::uint32_t trapped = 0;
  // Safety: the trap vector leads to the label 1 meanwhile, and back to where it was after.
  asm volatile(
      "la t0, 1f\n"
      "csrrw t0, mtvec, t0\n"
      "li %0, 1\n"
      "lw t1, 0(%1)\n"
      "sw t1, 0(%1)\n"
      "li %0, 0\n"
      ".balign 4\n"
      "1: csrw mtvec, t0\n"
      "li t1, 0x1800\n"
      "csrc mstatus, t1\n"  // MPP: user again, for MPRV
      : "=&r"(trapped)
      : "r"(address)
      : "memory", "t0", "t1");
  return trapped != 0;
}

void require_trap(const std::byte* byte, const char* message) {
  require(traps(reinterpret_cast<std::uintptr_t>(byte)), message);
}

}  // namespace

void guard_stack(const TaskControl& task) {
  const std::uint32_t guard = block(task.config->stack.bytes().data(), kStackGuardBytes);
  // Safety: entry 6 is not locked.
  asm volatile("csrw pmpaddr6, %0" : : "r"(guard) : "memory");
}

void init_protection() {
  const std::uint32_t null_page = block(std::uintptr_t{0}, kNullPageBytes);
  // Safety: entries that match nothing yet; the last one lets everything else be as it was.
  asm volatile(
      "csrw pmpaddr0, %0\n"
      "csrw pmpaddr1, %1\n"
      "csrw pmpaddr2, %2\n"
      "csrw pmpaddr3, %3\n"
      "csrw pmpaddr4, %4\n"
      "csrw pmpaddr5, %5\n"
      "csrw pmpaddr6, %0\n"
      "csrw pmpaddr15, %6\n"
      "csrw pmpcfg3, %7\n"
      "csrw pmpcfg1, %8\n"
      "csrw pmpcfg0, %9\n"
      "li t0, 0x1800\n"
      "csrc mstatus, t0\n"  // MPP: user
      "li t0, 0x20000\n"
      "csrs mstatus, t0\n"  // MPRV: loads and stores as MPP has them
      :
      : "r"(null_page), "r"(address(image_text_start)), "r"(address(image_rodata_end)),
        "r"(block(trap_stack_guard, kFixedGuardBytes)),
        "r"(block(main_stack_guard, kFixedGuardBytes)),
        "r"(block(interrupt_stack_guard(), kInterruptGuardBytes)), "r"(UINT32_MAX),
        "r"(four(0, 0, 0, kBlock | kRead | kWrite | kExecute)),
        "r"(four(kBlock | kLocked, kBlock | kLocked, kBlock, 0)),
        "r"(four(kBlock | kLocked, kLocked, kUpTo | kLocked | kRead | kExecute, kBlock | kLocked))
      : "memory", "t0");
  require(traps(0), "the null page is not guarded");
  require_trap(image_text_start, "code can be written");
  require_trap(image_rodata_end - 4, "constants can be written");
  require_trap(trap_stack_guard, "the trap stack is not guarded");
  require_trap(main_stack_guard, "the main stack is not guarded");
  require_trap(interrupt_stack_guard(), "the interrupt stack is not guarded");
  // The guard that moves, where nothing else is guarded.
  const std::uint32_t guard = block(interrupt_stack_guard() + kStackGuardBytes, kStackGuardBytes);
  asm volatile("csrw pmpaddr6, %0" : : "r"(guard) : "memory");
  require_trap(interrupt_stack_guard() + kStackGuardBytes, "task stacks are not guarded");
  asm volatile("csrw pmpaddr6, %0" : : "r"(null_page) : "memory");
}

}  // namespace thimble::kernel
#endif
