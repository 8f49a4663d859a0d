// Packing tensors into one arena: two that live at the same step don't overlap, but for an output
// that follows close behind the reading of an input.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compiler/offload/order.h"
#include "compiler/plan/liveness.h"

namespace thimble::plan {

/// What lets two tensors share memory that meet at one step only, where `input` is read for the
/// last time and `output` begins. By number in Packing::tensors.
struct Overlap {
  int input = -1;
  int output = -1;
  std::int64_t lead = 0;     ///< the input's offset less the output's, at least
  std::int64_t modulus = 1;  ///< divides that difference
  std::int64_t shift = 0;    ///< plus this
  std::int64_t exactly = offload::Order::kNever;  ///< a smaller difference that will do, too

  [[nodiscard]] bool allows(std::int64_t difference) const {
    return difference == exactly || (difference >= lead && (difference + shift) % modulus == 0);
  }
};

/// What else lets two tensors share memory: only these differences of offsets, the first's less the
/// second's, bring bytes together that matter at the same time. From and to, both included, in
/// ascending order.
struct Apart {
  int first = -1;
  int second = -1;
  std::vector<std::pair<std::int64_t, std::int64_t>> forbidden;
};

struct Packing {
  std::vector<Tensor> tensors;
  std::vector<Overlap> overlaps;                    ///< of a pair of tensors, all must hold
  std::vector<std::optional<std::uint64_t>> fixed;  ///< offsets given beforehand; may be empty
  std::vector<Apart> aparts;                        ///< at most one of a pair
};

struct Placement {
  std::vector<std::uint64_t> offsets;  ///< in the arena, one a tensor
  std::uint64_t arena_bytes = 0;
};

/// Of a packing's tensors and what is told of pairs of them, those with a number; the others have
/// -1.
void keep_pairs(const Packing& packing, const std::vector<int>& numbers, Packing& part);

/// What the tensors that are alive at one step need by themselves; more closely than `enough` it is
/// not worked out. Of more than eight tensors it may be some bytes too many.
[[nodiscard]] std::uint64_t bytes_at_step(const Packing& packing, int step,
                                          std::uint64_t enough = 0);

/// Where all tensors are, no arena can be smaller: the most that the tensors of one step need, by
/// themselves.
[[nodiscard]] std::uint64_t lower_bound(const Packing& packing);

/// Places tensors lowest-first in several orders; of few tensors then in every order, of more in
/// some that differ from the best by exchanges. Stops when the arena has at most `enough` bytes.
/// Always the same answer for the same packing.
[[nodiscard]] Placement place(const Packing& packing, std::uint64_t enough = 0);

}  // namespace thimble::plan
