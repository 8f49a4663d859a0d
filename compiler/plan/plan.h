// The plan of a model: its steps with every operand at its final place, one block of constants, one
// arena.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/base/result.h"
#include "compiler/iree/compile.h"
#include "compiler/iree/trace.h"
#include "compiler/offload/layer.h"
#include "compiler/plan/alignment.h"

namespace thimble::plan {

enum class StepKind { kDispatch, kMicrokernel, kFill, kCopy };

struct Binding {
  bool in_arena = false;     ///< else among the constants
  std::uint64_t offset = 0;  ///< in the arena or in the block of constants
  std::uint64_t length = 0;
  int tensor = -1;                  ///< of Plan::tensors, where in the arena
  std::uint64_t tensor_offset = 0;  ///< its first byte in that tensor
  iree::Access access = iree::Access::kRead;
};

struct Step {
  StepKind kind = StepKind::kDispatch;
  std::string function;                       ///< of a dispatch
  int layer = -1;                             ///< of a microkernel: which of Plan::layers
  std::array<std::uint32_t, 3> workgroups{};  ///< of a dispatch
  std::vector<std::uint32_t> constants;       ///< of a dispatch
  std::uint32_t pattern = 0;                  ///< of a fill, with its length in bytes: 1, 2 or 4
  std::uint32_t pattern_length = 1;
  std::vector<Binding> bindings;
};

/// Bytes of the arena that are written and read as one, where they are for how long.
struct PlannedTensor {
  struct Place {
    int first_step = 0;  ///< -1: an input
    int last_step = 0;   ///< number of steps: an output. Both ends count.
    std::uint64_t offset = 0;
  };
  std::uint64_t bytes = 0;
  std::vector<Place> places;  ///< one after the other, as it is moved
};

/// A layer that a microkernel computes; its constants have moved into the plan's block.
struct PlannedLayer {
  offload::Layer layer;
  std::vector<std::uint64_t> constants;  ///< where each of the layer's is in the block of constants
};

/// What the arena would take if memory were planned otherwise: bytes, inputs and outputs among them.
struct Alternatives {
  std::uint64_t apart = 0;  ///< no two tensors share a byte at any step
  std::uint64_t least = 0;  ///< what some step needs by itself: no plan of these steps is smaller
  std::uint64_t iree = 0;   ///< what IREE's program allocates
};

struct Plan {
  std::vector<Step> steps;
  std::vector<PlannedTensor> tensors;
  std::vector<PlannedLayer> layers;
  Bytes constants;
  std::uint64_t arena_bytes = 0;
  Alternatives alternatives;
  std::vector<Binding> inputs;   ///< all in the arena
  std::vector<Binding> outputs;  ///< all in the arena
};

/// Plans memory anew for a trace. `input_bytes` are the sizes of the model's inputs. What the
/// runtime's tables cannot hold is kBadModel.
[[nodiscard]] Result<Plan> make_plan(iree::Trace trace, const iree::AccessMap& accesses,
                                     const std::vector<offload::Layer>& layers,
                                     const std::vector<std::uint64_t>& input_bytes);

}  // namespace thimble::plan
