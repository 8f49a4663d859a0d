// SiFive's test finisher, as QEMU's virt machine has it: a word that ends the simulation.
#include "board.h"
#include "drivers/exit.h"
#include "drivers/mmio.h"

namespace thimble {
namespace {

constexpr Register<std::uint32_t> kFinisher{board::kTestFinisherAddress};

}  // namespace

void exit_program(std::uint16_t code) {
  constexpr std::uint32_t kPass = 0x5555;
  constexpr std::uint32_t kFail = 0x3333;
  kFinisher.write(code == 0 ? kPass : (std::uint32_t{code} << 16U) | kFail);
  while (true) {  // the simulator may take a moment
  }
}

void reset_machine() {
  constexpr std::uint32_t kReset = 0x7777;
  kFinisher.write(kReset);
  while (true) {
  }
}

}  // namespace thimble
