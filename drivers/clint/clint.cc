// The core-local interruptor (CLINT): mtime and hart 0's mtimecmp, two 32-bit halves each.
#include "board.h"
#include "drivers/mmio.h"
#include "drivers/timer.h"

namespace thimble::timer {
namespace {

using Word = Register<std::uint32_t>;
constexpr Word kCompareLow{board::kClintAddress + 0x4000};
constexpr Word kCompareHigh{board::kClintAddress + 0x4004};
constexpr Word kTimeLow{board::kClintAddress + 0xbff8};
constexpr Word kTimeHigh{board::kClintAddress + 0xbffc};

}  // namespace

std::uint64_t now() {
  while (true) {  // again if the low half wrapped between the reads
    const std::uint32_t high = kTimeHigh.read();
    const std::uint32_t low = kTimeLow.read();
    if (kTimeHigh.read() == high) return (std::uint64_t{high} << 32U) | low;
  }
}

void set_deadline(std::uint64_t deadline) {
  kCompareHigh.write(UINT32_MAX);  // no early interrupt while the halves do not belong together
  kCompareLow.write(static_cast<std::uint32_t>(deadline));
  kCompareHigh.write(static_cast<std::uint32_t>(deadline >> 32U));
}

}  // namespace thimble::timer
