// QEMU's virt machine as the drivers see it: addresses and frequencies, no logic.
#pragma once

#include <cstdint>

namespace thimble::board {

inline constexpr std::uintptr_t kUartAddress = 0x1000'0000;
inline constexpr std::uint32_t kUartClockHz = 3'686'400;
inline constexpr std::uint32_t kUartBaud = 115'200;
inline constexpr std::uint32_t kUartInterrupt = 10;

inline constexpr std::uintptr_t kPlicAddress = 0x0c00'0000;
inline constexpr std::uint32_t kPlicSources = 96;

inline constexpr std::uintptr_t kClintAddress = 0x0200'0000;
inline constexpr std::uint32_t kTimerHz = 10'000'000;

inline constexpr std::uintptr_t kFlashAddress = 0x2000'0000;
inline constexpr std::uint32_t kFlashDevices = 2;

inline constexpr std::uintptr_t kTestFinisherAddress = 0x0010'0000;

}  // namespace thimble::board
