// The platform-level interrupt controller (PLIC): a priority for each source; and for this hart, in
// its context 0, a bit for each source that may interrupt it, a threshold that holds back what is
// not more urgent, and a register that hands sources out (claim) and takes them back (complete).
#include "board.h"
#include "drivers/interrupt_controller.h"
#include "drivers/mmio.h"
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/panic.h"

namespace thimble::interrupt_controller {
namespace {

using Word = Register<std::uint32_t>;
constexpr Word kThreshold{board::kPlicAddress + 0x20'0000};
constexpr Word kClaim{board::kPlicAddress + 0x20'0004};  // written: complete
constexpr std::uint32_t kSourcesOfWord = 32;
constexpr std::uint32_t kNone = 0;

Word priority_of(std::uint32_t source) {
  return Word{board::kPlicAddress + 4 * source};
}

Word enable_bits(std::uint32_t source) {
  return Word{board::kPlicAddress + 0x2000 + 4 * (source / kSourcesOfWord)};
}

constinit Line* first = nullptr;

// Before the first line: what an earlier program left behind must not interrupt this one.
void start() {
  for (std::uint32_t source = 0; source < board::kPlicSources; source += kSourcesOfWord) {
    enable_bits(source).write(0);
  }
  kThreshold.write(0);
}

}  // namespace

Line* Line::find(std::uint32_t source) {
  Line* line = first;
  while (line != nullptr && line->source_ != source) line = line->next_;
  return line;
}

/// The external interrupt: all sources that ask, the most urgent first.
void Line::serve() {
  for (std::uint32_t source = kClaim.read(); source != kNone; source = kClaim.read()) {
    const Line* const line = find(source);
    kernel::require(line != nullptr, "an interrupt of a source that was not enabled");
    const std::uint32_t threshold = kThreshold.read();
    kThreshold.write(line->priority_);
    {
      const kernel::NestedInterrupts more_urgent_ones;
      line->handler_();
    }
    kThreshold.write(threshold);
    kClaim.write(source);
  }
}

void Line::enable() {
  const kernel::InterruptLock lock;
  if (first == nullptr) {
    start();
    kernel::set_handler(kernel::Interrupt::kExternal, serve);
  }
  const Word bits = enable_bits(source_);
  bits.write(bits.read() | (1U << source_ % kSourcesOfWord));
  priority_of(source_).write(priority_);  // last: at this QEMU looks whether it already asks
  if (known_) return;
  known_ = true;
  next_ = first;
  first = this;
  kClaim.write(source_);  // a restart of the program may have left it claimed
}

void Line::disable() {
  const kernel::InterruptLock lock;
  const Word bits = enable_bits(source_);
  bits.write(bits.read() & ~(1U << source_ % kSourcesOfWord));
}

}  // namespace thimble::interrupt_controller
