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
  /// The caller feeds the model's only input in so many rows; 0: in those that its layers take.
  /// None: inputs are there beforehand.
  std::optional<int> fed_rows = {};
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
  double cost = 0;  ///< instructions that chains add and moves that they save, of all, about
  std::uint64_t unstreamed_bytes = 0;  ///< the arena without chains
};

/// Groups steps; the layout is left open. `overlaps`: of steps that are by themselves.
[[nodiscard]] Streaming group(const Network& network, const std::vector<Overlap>& overlaps,
                              std::vector<ChosenChain> chains);

/// The same, with its layout.
[[nodiscard]] Streaming lay_out(const Network& network, const std::vector<Overlap>& overlaps,
                                std::vector<ChosenChain> chains);

/// The best that is found. Always the same for the same network. An arena that is larger than
/// allowed is the smallest that was found. Without groups: the network cannot be fed.
[[nodiscard]] Streaming choose_chains(const Network& network, const std::vector<Overlap>& overlaps,
                                      const Goal& goal);

}  // namespace thimble::plan
