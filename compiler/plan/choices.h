// The ways in which a network's steps can run: each step by itself, and runs of neighbouring steps
// as chains, with calls of few and of more rows.
#pragma once

#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "compiler/plan/streaming.h"

namespace thimble::plan {

struct Choice {
  Chain chain;             ///< a step by itself has no rows
  std::uint64_t need = 0;  ///< bytes; of a chain whose `places` is not known, at least
  double cost = 0;
  std::uint64_t places = kUnknown;  ///< bytes in which it has been placed

  static constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();
};

struct Choices {
  std::vector<std::vector<Choice>> by_first_step;
  std::set<std::uint64_t> needs;  ///< of all of them
};

/// Rows of any call, at most.
inline constexpr int kMostRowsOfCall = 12;

/// Those that are worth trying. What is fed is in one chain only, which begins with it.
[[nodiscard]] Choices find_choices(const Network& network, const std::vector<Overlap>& overlaps);

/// What lives through a chain without being touched.
[[nodiscard]] std::uint64_t bytes_beside(const Network& network, const Schedule& schedule,
                                         const Chain& chain);

}  // namespace thimble::plan
