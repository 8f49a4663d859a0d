// From patches to answers. The task's work, and what it knows about it.
#pragma once

#include <cstdint>

#include "keyword_dscnn.hpp"
#include "runtime/tasks/inference.h"

namespace thimble::keyword {

struct RecognizerStatistics {
  std::uint32_t right;    ///< the answer is the clip's name
  std::uint32_t slowest;  ///< ticks for an inference, at most, with what preempted it
  std::uint32_t latest;   ///< ticks from the last sample to the answer, at most
};

/// Says of each patch what was heard, for ever. For a task.
[[noreturn]] void recognize(void*);

[[nodiscard]] RecognizerStatistics recognizer_statistics();
void forget_recognizer_statistics();

/// Waits until one more answer was given, or in vain until the deadline.
[[nodiscard]] bool wait_for_answer(kernel::Deadline deadline);

/// What the model computes in; others may while nobody holds its mutex.
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is constinit
extern runtime::SharedArena<model::keyword_dscnn::kArenaBytes> arena;

/// Beats while it computes.
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is constinit
extern kernel::Heartbeat heart;

}  // namespace thimble::keyword
