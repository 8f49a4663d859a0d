// The core-local interruptor (CLINT): hart 0's software interrupt.
#include "drivers/software_interrupt.h"

#include "board.h"
#include "drivers/mmio.h"

namespace thimble::software_interrupt {
namespace {

constexpr Register<std::uint32_t> kPending{board::kClintAddress};

}  // namespace

void raise() {
  kPending.write(1);
}

void clear() {
  kPending.write(0);
}

}  // namespace thimble::software_interrupt
