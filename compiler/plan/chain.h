// A chain: neighbouring steps that run together, some rows of each at a time, so that of the
// tensors between them only a window of rows is kept. Here its schedule is worked out: which stage
// runs when, how large the windows are and when they slide, and which bytes are alive meanwhile.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/iree/trace.h"
#include "compiler/offload/layer.h"
#include "compiler/plan/liveness.h"
#include "compiler/plan/placement.h"

namespace thimble::plan {

/// An input that the caller brings by rows while the network runs.
struct Feed {
  int input = -1;  ///< tensor of Liveness, which begins at step 0; -1: inputs are there beforehand
  int rows = 0;
};

/// What chains are made of: a trace, what lives in it, and for each of its steps the layer that a
/// microkernel computes, or none. Operands of such a step: inputs, output, scratch.
struct Network {
  const iree::Trace& trace;
  const Liveness& liveness;
  std::vector<const offload::Layer*> layers;
  Feed feed = {};
};

struct Chain {
  /// All stages advance together: in its turn, each computes all rows that it has the input for.
  /// These are the rows of the first one. Windows slide together, before it.
  struct Pace {
    int first_turn = 0;
    int others = 0;
    bool operator==(const Pace&) const = default;
  };
  int first_step = 0;
  int last_step = 0;
  std::vector<int> rows;   ///< that a call computes, one a stage, if stages advance by themselves
  std::vector<int> spare;  ///< rows more than needed in the window of a stage's output: the more
                           ///< there are, the more rarely it slides
  int input_spare = 0;     ///< the same for the input, if it is fed
  Pace pace = {};          ///< of stages that advance together

  [[nodiscard]] bool advances_together() const { return pace.others > 0; }
  bool operator==(const Chain&) const = default;
};

/// Bytes of an operand that matter, from its beginning in the arena.
struct Alive {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

/// A tensor as a chain keeps it.
struct Operand {
  int tensor = -1;         ///< of Liveness
  std::uint64_t size = 0;  ///< bytes in the arena
  bool is_window = false;
  std::int64_t row_bytes = 0;  ///< of a window
  std::int64_t first = 0;      ///< byte of the tensor that a window's first byte is for, at first
  std::vector<Alive> alive;    ///< at each call and each slide
};

/// In a call, an output may take the place of what only this call reads.
struct Following {
  std::size_t time = 0;          ///< as in Operand::alive
  Overlap overlap;               ///< of the operands' tensors, where they lie in the arena
  std::int64_t read_end = 0;     ///< of the input, what is not needed after the call
  std::int64_t write_begin = 0;  ///< of the output, what the call writes
};

/// What a stream of the plan does (runtime/stream.h), and what is alive at each point of it.
struct Schedule {
  std::vector<Operand> operands;
  std::vector<Following> followings;  ///< by time
  std::vector<int> rows;              ///< that a call of a stage computes, unless ops say it
  std::vector<std::uint8_t> ops;
  std::vector<std::uint8_t> windows;  ///< operands that are windows, as ops number them
  std::uint64_t state_bytes = 0;      ///< that the runtime keeps in the arena
  std::uint64_t peak_bytes = 0;       ///< the most that is alive at once
  double cost = 0;                    ///< instructions more than without a chain, about
  bool is_fed = false;                ///< the stage behind all others is the caller
};

/// Whether the chain takes what the caller feeds: the one that begins at step 0.
[[nodiscard]] bool is_fed(const Network& network, const Chain& chain);

/// Whether a step can be a stage: all its inputs are read row by row.
[[nodiscard]] bool can_stream(const Network& network, int step);

/// Absent when the steps cannot run as a chain.
[[nodiscard]] std::optional<Schedule> schedule(const Network& network, const Chain& chain);

}  // namespace thimble::plan
