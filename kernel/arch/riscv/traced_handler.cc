// Interrupt handlers in the trace.
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/trace.h"

#if THIMBLE_TRACE_EVENTS
namespace thimble::kernel {

/// Called by interrupt.S, with interrupts off, in place of the handler.
extern "C" void kernel_traced_handler(InterruptHandler handler) {
  std::uint32_t cause;
  // Safety: reads what the core wrote when it took this interrupt; no other has come since.
  asm volatile("csrr %0, mcause" : "=r"(cause));
  trace::record(trace::Kind::kInterruptBegin, cause & 0xffU);
  handler();
  trace::record(trace::Kind::kInterruptEnd, cause & 0xffU);
}

}  // namespace thimble::kernel
#endif
