// See fault_context.h. There are no frame pointers: a backtrace is what on the stack looks like a
// return address, as it points behind a call. Old ones may be among them.
#include "kernel/arch/riscv/fault_context.h"

#include "kernel/config.h"

#if THIMBLE_SAFE
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/arch/riscv/user_mode.h"
#include "kernel/image.h"
#include "kernel/print.h"
#include "kernel/schedule.h"
#include "kernel/statistics.h"
#include "kernel/task.h"

namespace thimble::kernel {
namespace {

constexpr unsigned kMostAddresses = 16;

// What these reports need of the trap stack beyond what all firmware has.
alignas(16) [[gnu::section(".stacks.trap"), gnu::used]] std::byte more_trap_stack[512];

// Safety: `address` lies within the code, at a multiple of 2.
std::uint32_t instruction_at(std::uintptr_t address) {
  const auto* const halves = reinterpret_cast<const std::uint16_t*>(address);
  return halves[0] | (std::uint32_t{halves[1]} << 16U);
}

bool is_return_address(std::uint32_t value) {
  const auto start = reinterpret_cast<std::uintptr_t>(image_text_start);
  const auto end = reinterpret_cast<std::uintptr_t>(image_text_end);
  if (value % 2 != 0 || value < start + 4 || value > end) return false;
  const std::uint32_t call = instruction_at(value - 4);
  const std::uint32_t link = call & 0xfffU;
  if (link == 0x0efU || link == 0x0e7U) return true;  // jal ra, jalr ra
  const std::uint32_t half = call >> 16U;
  const bool c_jalr = (half & 0xf07fU) == 0x9002U && (half & 0x0f80U) != 0;
  const bool c_jal = (half & 0xe003U) == 0x2001U;
  return c_jalr || c_jal;
}

void print_address(std::uint32_t address) {
  print(" ");
  print_hex(address);
}

void print_backtrace(const FaultPlace& fault, std::uintptr_t limit, std::uintptr_t top) {
  print("FAULT: backtrace");
  print_address(fault.instruction);
  if (is_return_address(fault.return_address)) print_address(fault.return_address);
  unsigned count = 0;
  std::uintptr_t place =
      fault.stack_pointer < limit || fault.stack_pointer > top ? limit : fault.stack_pointer;
  for (place = (place + 3) / 4 * 4; place < top && count < kMostAddresses; place += 4) {
    const std::uint32_t word = *reinterpret_cast<const std::uint32_t*>(place);
    if (!is_return_address(word)) continue;
    print_address(word);
    ++count;
  }
  print("\n");
}

}  // namespace

bool report_context(const FaultPlace& fault) {
  const TaskControl& task = *schedule.current;
  auto limit = reinterpret_cast<std::uintptr_t>(image_main_stack_limit);
  auto top = reinterpret_cast<std::uintptr_t>(image_main_stack_top);
  if (task.config != nullptr) {
    const Task& current = Task::of(task);
    const std::span<std::byte> stack = task.config->stack.bytes();
    const auto bottom = reinterpret_cast<std::uintptr_t>(stack.data());
    const StackUse use = statistics(current).stack;
    print("FAULT: task ");
    print(current.name());
    print(", ");
    print_decimal(use.peak);
    print(" of ");
    print_decimal(use.size);
    print(" bytes of stack used");
    const bool overflow = fault.address - bottom < kStackGuardBytes ||
                          fault.stack_pointer - bottom < kStackGuardBytes;
    print(overflow ? ", overflow\n" : "\n");
    limit = bottom + kStackGuardBytes;
    top = bottom + stack.size();
  }
  if (fault.user) {
    const std::span<std::byte> stack = opened_user()->stack;
    limit = reinterpret_cast<std::uintptr_t>(stack.data());
    top = limit + stack.size();
    const StackUse use = stack_use(stack.data(), stack.data() + stack.size());
    print("FAULT: in user mode, ");
    print_decimal(use.peak);
    print(" of ");
    print_decimal(use.size);
    print(" bytes of its stack used");
    print(fault.stack_pointer < limit ? ", overflow\n" : "\n");
  }
  const std::byte* const interrupt_top =
      interrupt_stack_guard() + kInterruptGuardBytes + kInterruptStackBytes;
  const auto interrupt_end = reinterpret_cast<std::uintptr_t>(interrupt_top);
  if (interrupt_end - fault.stack_pointer <=
      kInterruptStackBytes) {  // the stack pointer tells who faulted
    const auto interrupted = *reinterpret_cast<const std::uintptr_t*>(interrupt_top - 16);
    print("FAULT: in an interrupt, which came at");
    print_address(*reinterpret_cast<const std::uint32_t*>(interrupted + INTERRUPT_FRAME_MEPC));
    print("\n");
    limit = interrupt_end - kInterruptStackBytes;
    top = interrupt_end - 16;
  }
  print_backtrace(fault, limit, top);
  return task.config != nullptr;
}

}  // namespace thimble::kernel
#endif
