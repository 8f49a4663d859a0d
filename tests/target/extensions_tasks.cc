// Float and vector registers belong to a task: kept while others use them, whether it is preempted
// or waits, and saved for those tasks only that use them.
#include <cstdint>

#include "drivers/software_interrupt.h"
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/schedule.h"
#include "kernel/timer.h"
#include "tests/target/extension_registers.h"
#include "tests/target/task_test.h"

#if !defined(__riscv_flen) && !defined(__riscv_vector)
#error "this test is for ISAs with floating point or vectors"
#endif

namespace thimble::kernel {
namespace {

constexpr time::Ticks kMs = time::kTicksPerMillisecond;

constinit TestTask<5> test;
constinit TestTask<20> first;
constinit TestTask<20> second;
constinit TestTask<20> plain;
constinit volatile std::uint32_t rounds[3];

#ifdef __riscv_flen
// A rounding mode and, where calls keep it, a register outlive a wait.
void check_floats_across_waits(std::uint32_t seed) {
  std::uint32_t rounding = (seed / 64) % 4;
  // Safety: sets the rounding mode, which nothing here depends on.
  asm volatile("fsrm %0" : : "r"(rounding));
#ifdef CONTEXT_CALLS_KEEP_FLOATS
  float value = static_cast<float>(seed);
  asm volatile("" : "+f"(value));
#endif
  yield();
  asm volatile("frrm %0" : "=r"(rounding));
  require(rounding == (seed / 64) % 4, "the rounding mode is kept");
#ifdef CONTEXT_CALLS_KEEP_FLOATS
  asm volatile("" : "+f"(value));
  require(value == static_cast<float>(seed), "a float is kept across a wait");
#endif
}
#else
void check_floats_across_waits(std::uint32_t) {}
#endif

void use_all(void* which) {
  const auto index = reinterpret_cast<std::uintptr_t>(which);
  for (std::uint32_t seed = index * 0x1000'0000;; ++seed) {
    check_floats(seed);
    check_vectors(seed);
    if (seed % 64 == 0) check_floats_across_waits(seed);
    rounds[index] = rounds[index] + 1;
  }
}

void use_none(void*) {
  while (true) rounds[0] = rounds[0] + 1;
}

std::uintptr_t tags(const Task& task) {
  return Task::control(task).context & 7U;
}

void run(void*) {
  plain.start(use_none);
  first.start(use_all, reinterpret_cast<void*>(1));
  second.start(use_all, reinterpret_cast<void*>(2));
  std::uintptr_t seen = 0;
  for (int i = 0; i < 2000; ++i) {
    sleep(kMs / 10 + static_cast<time::Ticks>(i));  // stops them anywhere
    if (i % 7 == 0) {
      check_floats(0x7000'0000);
      check_vectors(0x7000'0000);
    }
    require((tags(plain) & ~CONTEXT_INTERRUPTED) == 0, "nothing is saved of who uses nothing");
    seen |= tags(first) | tags(second);
  }
  for (const volatile std::uint32_t& count : rounds) require(count > 100, "all ran");
#ifdef __riscv_flen
  require((seen & CONTEXT_FLOATS) != 0, "floats were saved");
#endif
#ifdef __riscv_vector
  require((seen & CONTEXT_VECTORS) != 0, "vectors were saved");
#endif
  pass();
}

}  // namespace

int main_task() {
  test.start(run);
  run_tasks();
}

}  // namespace thimble::kernel
