// A model without its types: what an application sees that serves any model (apps/inference). The
// compiler emits the one definition of kModel, with the arena, in model_view.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/plan.h"

namespace thimble::runtime {

enum class ElementType : std::uint8_t {
  kInt8 = 0,
  kUint8 = 1,
  kInt16 = 2,
  kInt32 = 3,
  kInt64 = 4,
  kFloat32 = 5,
  kBool = 6
};

/// One input or output. Its elements lie in the arena, dense, row-major, little-endian.
struct TensorView {
  const char* name;
  ElementType type;
  std::uint32_t offset;  ///< in the arena
  std::uint32_t bytes;
};

struct ModelView {
  const char* name;
  const Plan* plan;
  std::span<std::byte> arena;
  std::span<const TensorView> inputs;
  std::span<const TensorView> outputs;
};

}  // namespace thimble::runtime

/// The model of this firmware.
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers,readability-identifier-naming): a constant
extern const thimble::runtime::ModelView kModel;

/// Its input, if that is fed by rows; else this is not defined.
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers,readability-identifier-naming): a constant
extern const thimble::runtime::FedInput* const kFedInput;
