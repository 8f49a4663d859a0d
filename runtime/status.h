// What a run of a model ends with. One word, so that C callers get the same value as an int.
#pragma once

#include <cstdint>

namespace thimble::runtime {

enum class StatusCode : std::uint8_t {
  kOk = 0,
  kDispatchFailed = 1,  ///< a generated dispatch returned non-zero
  kBadPlan = 2,         ///< a step of a kind this runtime does not know
  kBadArena = 3,        ///< the arena is too small or not aligned to kArenaAlignment
  kCancelled = 4,       ///< the step hook asked to stop
  kNotBegun = 5,        ///< rows are fed, or a result is wanted, before the beginning
  kTooManyRows = 6,     ///< more rows are fed than the input has yet to come, or there is place for
  kRowsMissing = 7      ///< the result is wanted before all rows are fed
};

/// A status code in bits 0..7 and the step it is about in bits 8..31. Zero is success.
struct [[nodiscard]] Status {
  std::uint32_t value = 0;

  static constexpr Status at(StatusCode code, std::uint32_t step) {
    return {static_cast<std::uint32_t>(code) | (step << 8U)};
  }
  [[nodiscard]] constexpr bool ok() const { return value == 0; }
  [[nodiscard]] constexpr StatusCode code() const { return static_cast<StatusCode>(value & 0xffU); }
  [[nodiscard]] constexpr std::uint32_t step() const { return value >> 8U; }
};

}  // namespace thimble::runtime
