// A network in groups of steps: chains, which run as one, and all other steps by themselves. And
// the choice of chains: as little memory as is wanted, for as few instructions as can be.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/plan/chain.h"
#include "compiler/plan/layout.h"

namespace thimble::plan {

/// What a plan is to reach.
struct Goal {
  /// Bytes of the arena that are allowed: then the fastest plan that keeps to it. None: the
  /// smallest arena that streaming reaches at little cost.
  std::optional<std::uint64_t> arena_bytes;
  double cost = .03;  ///< instructions that streaming may add, of all, if nothing is allowed
  bool streaming = true;
};

struct ChosenChain {
  Chain chain;
  Schedule schedule;
  int state = -1;  ///< tensor of Streaming::packing: what the runtime keeps
};

struct Streaming {
  std::vector<ChosenChain> chains;  ///< in the order of their steps
  std::vector<int> groups;          ///< of each step, and of the end; the beginning is -1
  /// Tensors as in Liveness, with the chains' windows and their state behind them; lives are in
  /// groups.
  Packing packing;
  Layout layout;
  double cost = 0;  ///< instructions that the chains add, of all, about
};

/// Groups steps and lays out memory. `overlaps`: of steps that are by themselves.
[[nodiscard]] Streaming group(const Network& network, const std::vector<Overlap>& overlaps,
                              std::vector<ChosenChain> chains);

/// The best that is found. Always the same for the same network. An arena that is larger than
/// allowed is the smallest that was found.
[[nodiscard]] Streaming choose_chains(const Network& network,
                                      const std::vector<Overlap>& overlaps, const Goal& goal);

}  // namespace thimble::plan
