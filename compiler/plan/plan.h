// The plan of a model: its steps with every operand at its final place, one block of constants, one
// arena.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/base/result.h"
#include "compiler/iree/compile.h"
#include "compiler/iree/trace.h"
#include "compiler/offload/layer.h"
#include "compiler/plan/alignment.h"
#include "compiler/plan/streaming.h"

namespace thimble::plan {

enum class StepKind {
  kDispatch,
  kMicrokernel,
  kFill,
  kCopy,
  kStream  ///< the steps behind it, microkernels, are its stages and run as one
};

struct Binding {
  bool in_arena = false;     ///< else among the constants
  std::uint64_t offset = 0;  ///< in the arena or in the block of constants
  std::uint64_t length = 0;  ///< of a window's tensor: all of it, though only some rows are there
  int tensor = -1;           ///< of Plan::tensors, where in the arena
  std::uint64_t tensor_offset = 0;  ///< its first byte in that tensor
  iree::Access access = iree::Access::kRead;
  int window = -1;  ///< of the stream's windows, if it is one; then `offset` is where that begins
};

struct Step {
  StepKind kind = StepKind::kDispatch;
  std::string function;                       ///< of a dispatch
  int layer = -1;                             ///< of a microkernel: which of Plan::layers
  std::array<std::uint32_t, 3> workgroups{};  ///< of a dispatch
  std::vector<std::uint32_t> constants;       ///< of a dispatch
  std::uint32_t pattern = 0;                  ///< of a fill, with its length in bytes: 1, 2 or 4
  std::uint32_t pattern_length = 1;
  std::vector<Binding> bindings;    ///< of a stream: its state
  int stream = -1;                  ///< of Plan::streams, of a stream and of its stages
  std::uint32_t rows_per_call = 0;  ///< of a stage
};

/// Steps that run as one, some rows of each at a time (runtime/plan.h).
struct Stream {
  /// A tensor of which only some rows are kept.
  struct Window {
    int tensor = -1;
    std::uint64_t offset = 0;  ///< in the arena
    std::uint64_t bytes = 0;   ///< in the arena
    std::int64_t row_bytes = 0;
    std::int64_t first = 0;  ///< the tensor's byte that is at `offset`, before it has slid
    int writer = 0;          ///< stage; the number of stages: the caller
  };
  int stages = 0;
  std::vector<Window> windows;
  std::vector<std::uint8_t> ops;
};

/// Bytes of the arena that are written and read as one, where they are for how long.
struct PlannedTensor {
  struct Place {
    int first_step = 0;  ///< -1: an input
    int last_step = 0;   ///< number of steps: an output. Both ends count.
    std::uint64_t offset = 0;
  };
  std::uint64_t bytes = 0;
  std::uint64_t arena_bytes = 0;  ///< that it takes: fewer, if only a window of it is kept
  std::vector<Place> places;      ///< one after the other, as it is moved
};

/// A layer that a microkernel computes; its constants have moved into the plan's block.
struct PlannedLayer {
  offload::Layer layer;
  std::vector<std::uint64_t> constants;  ///< where each of the layer's is in the block of constants
};

/// What the arena would take if memory were planned otherwise: bytes, inputs and outputs among
/// them.
struct Alternatives {
  std::uint64_t iree = 0;        ///< what IREE's program allocates
  std::uint64_t apart = 0;       ///< no two tensors share a byte at any step
  std::uint64_t unstreamed = 0;  ///< outputs follow inputs, but one step runs after the other
  std::uint64_t least = 0;       ///< what some step or chain needs by itself: these steps and
                                 ///< chains have no smaller plan
};

/// How the caller brings the input (runtime/plan.h, FedInput). The first step is then a stream,
/// which takes it as the stage behind all others.
struct FedInput {
  std::uint32_t rows = 0;
  std::uint64_t row_bytes = 0;
  std::uint32_t window_rows = 0;  ///< that are kept
  Binding state;                  ///< how far it is: a word that lives from before the first step
                                  ///< to the end
};

struct Plan {
  std::vector<Step> steps;
  std::vector<PlannedTensor> tensors;
  std::vector<PlannedLayer> layers;
  std::vector<Stream> streams;
  Bytes constants;
  std::uint64_t arena_bytes = 0;
  Alternatives alternatives;
  std::vector<Binding> inputs;        ///< all in the arena; one that is fed, its window
  std::vector<Binding> outputs;       ///< all in the arena
  double streaming_cost = 0;          ///< instructions that streams add, of all, about
  std::optional<FedInput> feed = {};  ///< none: inputs are there before the first step
};

/// Plans memory anew for a trace. `input_bytes` are the sizes of the model's inputs. The arena may
/// be larger than the goal allows: then nothing smaller was found. What the runtime's tables cannot
/// hold is kBadModel, and so is an input that cannot be fed though the goal wants it.
[[nodiscard]] Result<Plan> make_plan(iree::Trace trace, const iree::AccessMap& accesses,
                                     const std::vector<offload::Layer>& layers,
                                     const std::vector<std::uint64_t>& input_bytes,
                                     const Goal& goal = {});

}  // namespace thimble::plan
