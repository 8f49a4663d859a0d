// In which calls of a chain an output may take the place of what the call reads. Internal to plan.
#pragma once

#include <vector>

#include "compiler/plan/calls.h"

namespace thimble::plan {

/// Those of one call, which is the next of its stage; `parts` as far as they are before it.
[[nodiscard]] std::vector<Following> find_followings(const Parts& parts, const Call& call,
                                                     std::size_t time);

/// Bytes that the output can share with the input, at most, if so much of them is alive.
[[nodiscard]] std::int64_t most_shared(const Following& following, const Alive& input,
                                       const Alive& output);

}  // namespace thimble::plan
