// Floating-point and vector instructions work from the main task on, where the ISA has them.
#include <cstdint>

#include "kernel/main_task.h"
#include "kernel/panic.h"
#include "kernel/print.h"

#if !defined(__riscv_flen) && !defined(__riscv_vector)
#error "this test is for ISAs with floating point or vectors"
#endif

namespace thimble::kernel {

int main_task() {
#ifdef __riscv_flen
  volatile float third = 1.0F / 3.0F;
  third = third * 3.0F + 0.5F;
  require(third == 1.5F, "floating point");
#endif
#ifdef __riscv_vector
  std::int32_t source[4] = {1, -2, 3, -4};
  std::int32_t target[4] = {};
  // Safety: four words are read and four written.
  asm volatile(
      "vsetivli zero, 4, e32, m1, ta, ma\n"
      "vle32.v v1, (%0)\n"
      "vadd.vv v2, v1, v1\n"
      "vse32.v v2, (%1)\n" ::"r"(source),
      "r"(target)
      : "memory", "v1", "v2");
  for (int i = 0; i < 4; ++i) require(target[i] == 2 * source[i], "vectors");
#endif
  print("TEST PASSED\n");
  return 0;
}

}  // namespace thimble::kernel
