// Hardware counters for measurements.
#pragma once

#include <cstdint>

namespace thimble::kernel {

/// Instructions retired since reset. Callable from anywhere.
[[nodiscard]] std::uint64_t instructions_retired();

/// Cycles of the core since reset; some cores do not count while they sleep. In QEMU an instruction
/// is one, and sleep goes on. Callable from anywhere.
[[nodiscard]] std::uint64_t cycles();

/// How many instructions of the simplest kind the core does in a second, by the machine timer.
/// Interrupts must be off; takes a hundred thousand of them.
[[nodiscard]] std::uint32_t simple_instructions_per_second();

}  // namespace thimble::kernel
