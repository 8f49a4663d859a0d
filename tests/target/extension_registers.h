// What tests of float and vector registers share: fills them, takes its time, and finds them as
// they were.
#pragma once

#include <cstdint>

#include "kernel/panic.h"

namespace thimble::kernel {

#ifdef __riscv_flen
// All registers hold `seed` and more; long enough for slices to end within.
inline void check_floats(std::uint32_t seed) {
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
#else
inline void check_floats(std::uint32_t) {}
#endif

#ifdef __riscv_vector
inline void check_vectors(std::uint32_t seed) {
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
inline void check_vectors(std::uint32_t) {}
#endif

}  // namespace thimble::kernel
