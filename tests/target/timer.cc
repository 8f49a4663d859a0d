// Time goes on, never back; sleeping lasts as long as it should; instructions are counted exactly.
#include "drivers/timer.h"

#include <cstdint>

#include "kernel/counters.h"
#include "kernel/main_task.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "kernel/time.h"

namespace thimble::kernel {
namespace {

std::uint32_t instructions_of_a_loop() {
  const std::uint64_t start = instructions_retired();
  // Safety: registers only. 1 + 2 * 1000 instructions.
  asm volatile(
      "li t0, 1000\n"
      "1: addi t0, t0, -1\n"
      "bnez t0, 1b\n" ::
          : "t0");
  return static_cast<std::uint32_t>(instructions_retired() - start);
}

}  // namespace

int main_task() {
  time::Ticks last = time::now();
  for (int i = 0; i < 1000; ++i) {
    const time::Ticks now = time::now();
    require(now >= last, "time does not go back");
    last = now;
  }

  const time::Ticks start = time::now();
  time::sleep_until(start + 5 * time::kTicksPerMillisecond);
  const time::Ticks slept = time::now() - start;
  require(slept >= 5 * time::kTicksPerMillisecond, "sleep is not too short");
  require(slept < time::kTicksPerSecond, "sleep is not much too long");
  time::sleep_until(start);  // long past: returns at once
  require(time::now() - start < time::kTicksPerSecond, "a past deadline does not wait");

  const std::uint32_t first = instructions_of_a_loop();
  require(first >= 2001 && first < 2001 + 40, "instructions are counted");
  require(instructions_of_a_loop() == first, "the count repeats");
  print("TEST PASSED\n");
  return 0;
}

}  // namespace thimble::kernel
