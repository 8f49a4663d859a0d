// What each step of the plan costs. Firmware that is compiled with -DTHIMBLE_PROFILE can tell; in
// any other nothing of this is linked.
#pragma once

#include <cstdint>

namespace thimble::inference {

#ifdef THIMBLE_PROFILE
inline constexpr bool kCountsSteps = true;
#else
inline constexpr bool kCountsSteps = false;
#endif

/// Runs one step of the model's plan, the steps before it having run, and returns how many
/// instructions its function retired; of a fill or a copy, which the runtime does itself, how many
/// the runtime did. A stream runs whole, and its stages, asked for next, are what their calls took,
/// with what the runtime does for each. protocol::kStepFailed if it failed. Not for interrupts: it
/// runs part of the model.
[[nodiscard]] std::uint32_t run_step(std::uint32_t step);

/// For a stream that somebody else runs, with count_call as its hook: counts its stages' calls from
/// here on, and after a pause from go_on_counting().
void begin_counting(std::uint32_t number);
void go_on_counting();
bool count_call(void* context, std::uint32_t step);

}  // namespace thimble::inference
