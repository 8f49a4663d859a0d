// What the trap entry saves. For assembly and C++ alike.
#pragma once

#define TRAP_FRAME_BYTES 144

#ifndef __ASSEMBLER__
#include <cstddef>
#include <cstdint>

namespace thimble::kernel {

struct TrapFrame {
  std::uint32_t x[32];
  std::uint32_t mepc;
  std::uint32_t mcause;
  std::uint32_t mtval;
  std::uint32_t mstatus;
};
static_assert(sizeof(TrapFrame) == TRAP_FRAME_BYTES && TRAP_FRAME_BYTES % 16 == 0);
static_assert(offsetof(TrapFrame, mepc) == 128 && offsetof(TrapFrame, mstatus) == 140);

}  // namespace thimble::kernel
#endif
