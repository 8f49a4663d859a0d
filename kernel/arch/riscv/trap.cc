// The fault report. Nothing but interrupts traps on purpose, so every other trap is a fault: all
// there is to know goes to the UART, each line marked FAULT:, and the program ends with a failure.
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "drivers/exit.h"
#include "drivers/uart.h"
#include "kernel/arch/riscv/context.h"
#include "kernel/arch/riscv/fault_context.h"
#include "kernel/arch/riscv/trap_frame.h"
#include "kernel/config.h"
#include "kernel/fault_log.h"
#include "kernel/print.h"
#include "kernel/stack.h"

namespace thimble::kernel {
namespace {

constexpr std::uint16_t kFaultExitCode = 1;
constexpr std::uint32_t kInterrupt = 0x8000'0000;

constexpr const char* kCauses[] = {"instruction address misaligned",
                                   "instruction access fault",
                                   "illegal instruction",
                                   "breakpoint",
                                   "load address misaligned",
                                   "load access fault",
                                   "store address misaligned",
                                   "store access fault",
                                   "environment call from U-mode",
                                   "environment call from S-mode",
                                   "reserved cause",
                                   "environment call from M-mode",
                                   "instruction page fault",
                                   "load page fault",
                                   "reserved cause",
                                   "store page fault"};

// The ABI's names of x1 to x31.
constexpr char kRegisters[][4] = {"ra", "sp",  "gp",  "tp", "t0", "t1", "t2", "s0",
                                  "s1", "a0",  "a1",  "a2", "a3", "a4", "a5", "a6",
                                  "a7", "s2",  "s3",  "s4", "s5", "s6", "s7", "s8",
                                  "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

void print_value(const char* name, std::uint32_t value) {
  print(" ");
  print(name);
  print(" ");
  print_hex(value);
}

void print_cause(std::uint32_t mcause) {
  if ((mcause & kInterrupt) != 0) {
    print("unexpected interrupt ");
    print_decimal(mcause & ~kInterrupt);
  } else if (mcause < std::size(kCauses)) {
    print(kCauses[mcause]);
  } else {
    print("unknown cause");
  }
}

}  // namespace

void end_in_fault() {
  print("FAULT: end\n");
  uart::flush();
  if constexpr (kSafe) fault_log::close();
  if constexpr (kResetOnFault) reset_machine();
  exit_program(kFaultExitCode);
}

/// Called by trap_entry on the trap stack.
extern "C" [[noreturn]] void kernel_trap(const TrapFrame& frame) {
  if constexpr (kSafe) fault_log::open();
  print("\nFAULT: ");
  print_cause(frame.mcause);
  print("\nFAULT:");
  print_value("mcause", frame.mcause);
  print_value("mepc", frame.mepc);
  print_value("mtval", frame.mtval);
  print_value("mstatus", frame.mstatus);
  for (unsigned i = 1; i < std::size(frame.x); ++i) {
    if (i % 4 == 1) print("\nFAULT:");
    print_value(kRegisters[i - 1], frame.x[i]);
  }
  print("\n");
  const bool of_task = kSafe && report_context({frame.mepc, frame.x[1], frame.x[2], frame.mtval,
                                                (frame.mstatus & MSTATUS_MPP) == 0});  // user mode
  if (!of_task) {
    const StackUse stack = main_stack();
    print("FAULT: main stack ");
    print_decimal(stack.peak);
    print(" of ");
    print_decimal(stack.size);
    print(main_stack_overflowed(frame.x[2]) ? " bytes used, overflow\n" : " bytes used\n");
  }
  end_in_fault();
}

/// Called by nested_trap_entry on the trap stack, from its top again.
extern "C" [[noreturn]] void kernel_nested_trap() {
  print("\nFAULT: another fault within the report of a fault\n");
  end_in_fault();
}

}  // namespace thimble::kernel
