// Model `sample`, written by hand in the form that the compiler emits: input_0 is scaled by
// generated-style dispatches and by a microkernel, and summed up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/plan.h"
#include "runtime/status.h"

namespace thimble::model::sample {

inline constexpr std::size_t kArenaBytes = 192;
inline constexpr std::size_t kArenaAlignment = 64;

/// For runtime::run(), where a step hook is wanted.
extern const runtime::Plan kPlan;

/// `arena` must be aligned to kArenaAlignment. The inputs may be overwritten.
[[nodiscard]] runtime::Status run(std::span<std::byte, kArenaBytes> arena);

struct Input0 {
  using Element = std::int8_t;
  static constexpr const char* kName = "pixels";
  static constexpr std::array<std::size_t, 3> kShape = {1, 4, 4};
  static constexpr std::size_t kCount = 16;
  static constexpr std::size_t kOffset = 0;
  static constexpr float kScale = 0.5F;
  static constexpr std::int32_t kZeroPoint = -3;
};

struct Output0 {
  using Element = std::int8_t;
  static constexpr const char* kName = "scaled";
  static constexpr std::array<std::size_t, 3> kShape = {1, 4, 4};
  static constexpr std::size_t kCount = 16;
  static constexpr std::size_t kOffset = 64;
  static constexpr float kScale = 0.25F;
  static constexpr std::int32_t kZeroPoint = 0;
};

struct Output1 {
  using Element = std::int32_t;
  static constexpr const char* kName = "sum";
  static constexpr std::array<std::size_t, 1> kShape = {4};
  static constexpr std::size_t kCount = 4;
  static constexpr std::size_t kOffset = 128;
};

/// Views into the arena. Inputs are written before run(), outputs are valid after it.
inline std::span<Input0::Element, Input0::kCount> input_0(std::span<std::byte, kArenaBytes> arena) {
  return std::span<Input0::Element, Input0::kCount>(
      reinterpret_cast<Input0::Element*>(arena.data() + Input0::kOffset), Input0::kCount);
}
inline std::span<const Output0::Element, Output0::kCount> output_0(
    std::span<const std::byte, kArenaBytes> arena) {
  return std::span<const Output0::Element, Output0::kCount>(
      reinterpret_cast<const Output0::Element*>(arena.data() + Output0::kOffset), Output0::kCount);
}
inline std::span<const Output1::Element, Output1::kCount> output_1(
    std::span<const std::byte, kArenaBytes> arena) {
  return std::span<const Output1::Element, Output1::kCount>(
      reinterpret_cast<const Output1::Element*>(arena.data() + Output1::kOffset), Output1::kCount);
}

}  // namespace thimble::model::sample
