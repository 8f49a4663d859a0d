// From a chain that fits to the fastest one like it that does.
#pragma once

#include "compiler/plan/streaming.h"

namespace thimble::plan {

/// Rows to spare in a window, at most.
inline constexpr int kMostSpareRows = 6;

/// The same chain with calls of more rows and with rows to spare, as far as it can be placed in
/// `bound` bytes with what lives beside it: step by step what saves the most instructions for a
/// byte. The chain itself must have a schedule.
[[nodiscard]] ChosenChain refined(const Network& network, const std::vector<Overlap>& overlaps,
                                  const Chain& chain, std::uint64_t bound);

/// What a chain and what lives beside it have been placed in. More closely than `enough` it is not
/// worked out.
[[nodiscard]] std::uint64_t bytes_in_place(const Network& network,
                                           const std::vector<Overlap>& overlaps,
                                           const ChosenChain& chosen, std::uint64_t enough);

}  // namespace thimble::plan
