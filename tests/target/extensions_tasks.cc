// Float and vector registers belong to a task: kept while others use them, whether it is preempted
// or waits, and saved for those tasks only that use them.
#include <cstdint>

#include "drivers/software_interrupt.h"
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/schedule.h"
#include "kernel/timer.h"
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
// All registers hold `seed` and more; long enough for slices to end within.
void check_floats(std::uint32_t seed) {
  std::uint32_t after[32];
  // Safety: all float registers are declared; 32 words are written.
  asm volatile(
      "mv t0, %0\n"
      ".irp n, "
      "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
      "fmv.w.x f\\n, t0\n"
      "addi t0, t0, 1\n"
      ".endr\n"
      "li t0, 2000\n"
      "1: addi t0, t0, -1\n"
      "bnez t0, 1b\n"
      ".irp n, "
      "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
      "fmv.x.w t0, f\\n\n"
      "sw t0, 4*\\n(%1)\n"
      ".endr\n"
      :
      : "r"(seed), "r"(after)
      : "memory", "t0", "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11",
        "f12", "f13", "f14", "f15", "f16", "f17", "f18", "f19", "f20", "f21", "f22", "f23", "f24",
        "f25", "f26", "f27", "f28", "f29", "f30", "f31");
  for (std::uint32_t i = 0; i < 32; ++i) require(after[i] == seed + i, "float registers are kept");
}

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
void check_floats(std::uint32_t) {}
void check_floats_across_waits(std::uint32_t) {}
#endif

#ifdef __riscv_vector
void check_vectors(std::uint32_t seed) {
  std::uint32_t before[4] = {seed, ~seed, seed * 3, seed ^ 0x55};
  std::uint32_t after[4] = {};
  std::uint32_t length;
  // Safety: four words are read and written; all vector registers used are declared.
  asm volatile(
      "vsetivli zero, 4, e32, m1, ta, ma\n"
      "vle32.v v1, (%1)\n"
      "vmv.v.v v8, v1\n"
      "vmv.v.v v17, v1\n"
      "vmv.v.v v31, v1\n"
      "vsetivli zero, 3, e16, m1, ta, ma\n"
      "li t0, 2000\n"
      "1: addi t0, t0, -1\n"
      "bnez t0, 1b\n"
      "csrr %0, vl\n"
      "vsetivli zero, 4, e32, m1, ta, ma\n"
      "vand.vv v1, v1, v8\n"
      "vand.vv v1, v1, v17\n"
      "vand.vv v1, v1, v31\n"
      "vse32.v v1, (%2)\n"
      : "=&r"(length)
      : "r"(before), "r"(after)
      : "memory", "t0", "v1", "v8", "v17", "v31");
  require(length == 3, "the vector length is kept");
  for (int i = 0; i < 4; ++i) require(after[i] == before[i], "vector registers are kept");
}
#else
void check_vectors(std::uint32_t) {}
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
