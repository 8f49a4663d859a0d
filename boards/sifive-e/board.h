// QEMU's sifive_e machine as the drivers see it: addresses and frequencies, no logic. QEMU has no
// clocks: the UART's is what its divisor is computed from, and the timer counts at 10 MHz where the
// real part has 32,768 Hz.
#pragma once

#include <cstdint>

namespace thimble::board {

inline constexpr std::uintptr_t kUartAddress = 0x1001'3000;
inline constexpr std::uint32_t kUartClockHz = 16'000'000;
inline constexpr std::uint32_t kUartBaud = 115'200;
inline constexpr std::uint32_t kUartInterrupt = 3;

inline constexpr std::uintptr_t kPlicAddress = 0x0c00'0000;
inline constexpr std::uint32_t kPlicSources = 53;

inline constexpr std::uintptr_t kClintAddress = 0x0200'0000;
inline constexpr std::uint32_t kTimerHz = 10'000'000;

}  // namespace thimble::board
