// The stack's peak is what was used and no more, stays when the use is over, and its guard holds.
#include <cstdint>

#include "kernel/main_task.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "kernel/stack.h"

namespace thimble::kernel {
namespace {

constexpr std::uint32_t kUsed = 512;

[[gnu::noinline]] void use_stack() {
  volatile std::uint8_t bytes[kUsed];
  for (std::uint32_t i = 0; i < kUsed; ++i) bytes[i] = 1;
}

}  // namespace

int main_task() {
  const StackUse before = main_stack();
  require(before.size == 1024, "the size is the linker's");
  require(before.peak > 0 && before.peak < kUsed, "little is used at first");
  use_stack();
  const StackUse after = main_stack();
  require(after.peak >= kUsed && after.peak < kUsed + before.peak + 64,
          "the peak is what was used");
  require(main_stack().peak == after.peak, "measuring does not use more");
  require(!main_stack_overflowed(), "the guard is whole");
  require(trap_stack().peak == 0, "no trap came");
  print("TEST PASSED\n");
  return 0;
}

}  // namespace thimble::kernel
