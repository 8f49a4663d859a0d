// An input that the caller brings by rows: whether a network can take it so.
#pragma once

#include "compiler/base/result.h"
#include "compiler/plan/chain.h"

namespace thimble::plan {

/// Lets the network's only input begin with its first step. `rows` are its rows; 0: those that the
/// layers take. kBadModel, with the reason, if the network's first layers do not read it by rows.
[[nodiscard]] Result<Feed> prepare_feed(const iree::Trace& trace, Liveness& liveness,
                                        const std::vector<const offload::Layer*>& layers, int rows);

/// The error that the model is not for --feed.
[[nodiscard]] std::unexpected<Error> cannot_feed(const std::string& reason);

}  // namespace thimble::plan
