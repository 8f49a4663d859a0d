// Runs a model: walks its plan over an arena, step by step. Depends on nothing of ours but this
// folder, so a model library carries it into any firmware, C or C++.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/plan.h"
#include "runtime/status.h"

namespace thimble::runtime {

inline constexpr std::size_t kArenaAlignment = 64;

/// A microkernel has inputs, output and scratch.
inline constexpr std::size_t kMostMicrokernelBuffers = 18;

/// Called after each step, and of streams after each call of a stage, for profiles, yielding and
/// cancelling. Returning false ends the run with
/// kCancelled. Runs in the context of the caller of run().
using StepHook = bool (*)(void* context, std::uint32_t step);

/// What a kFill step's detail points at. `bytes` of `pattern`, lowest first, are repeated over the
/// binding.
struct FillPattern {
  std::uint32_t pattern;
  std::uint32_t bytes;  ///< 1, 2 or 4
};

/// What a plan with streams names in their steps: runs the stream that is step `number`. Returns a
/// Status's value.
extern "C" std::uint32_t thimble_run_stream(const Plan* plan, std::uint32_t number,
                                            std::byte* arena, StepHook hook, void* context);
using StreamRunner = decltype(&thimble_run_stream);

/// The walker under run(), callable from C. Returns a Status's value: 0 is success.
extern "C" std::uint32_t thimble_run(const Plan* plan, std::byte* arena, std::size_t arena_bytes,
                                     StepHook hook, void* context);

/// Runs `plan` over `arena`, which must be aligned to kArenaAlignment and hold plan.arena_bytes.
/// The inputs are in the arena beforehand (and may be overwritten), the outputs afterwards. Not
/// reentrant for one arena; different arenas are independent. Not for interrupts: it takes as long
/// as the model does.
[[nodiscard]] inline Status run(const Plan& plan, std::span<std::byte> arena,
                                StepHook hook = nullptr, void* context = nullptr) {
  return {thimble_run(&plan, arena.data(), arena.size(), hook, context)};
}

}  // namespace thimble::runtime
