// Where every tensor is at every step. A tensor may be moved between steps: an output that follows
// its input lies below it, so that a chain of layers comes down through the arena, and it is cheap
// to copy a tensor up again.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/plan/placement.h"

namespace thimble::plan {

/// A tensor's offset from one step to another, both included.
struct Stay {
  int first_step = 0;
  int last_step = 0;
  std::uint64_t offset = 0;
};

/// Before a step, a tensor is copied from one offset to another; moves are made in their order.
struct Move {
  int before_step = 0;
  int tensor = -1;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

struct Layout {
  std::vector<std::vector<Stay>> stays;  ///< of each tensor, one after the other
  std::vector<Move> moves;               ///< by step
  std::uint64_t arena_bytes = 0;
  std::uint64_t lower_bound = 0;

  [[nodiscard]] std::uint64_t offset(int tensor, int step) const;
};

/// Places a packing without moves if that needs no more than its lower bound, and otherwise with
/// few moves, where they make the arena smaller. `steps`: how many there are; outputs live at the
/// step behind the last.
[[nodiscard]] Layout lay_out(const Packing& packing, int steps);

}  // namespace thimble::plan
