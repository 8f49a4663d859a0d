// Runs a model whose input comes row by row, as a sensor delivers it: what can be computed from the
// rows so far is, and of the input only a window of rows is ever in memory. One inference is
//
//   feed_begin, then all rows of the input, by feed_rows or by next_rows and rows_written, then
//   feed_finish.
//
// How far it is stands in the arena; so arenas are independent of each other, and nothing but this
// touches one between feed_begin and feed_finish. None of it is for interrupts: rows are computed
// with as they come. A hook is called as by run(); one that returns false makes the call return
// kCancelled, and the next call goes on where that stopped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/runtime.h"

namespace thimble::runtime {

extern "C" {
/// These are callable from C, and return a Status's value: 0 is success.
std::uint32_t thimble_feed_begin(const FedInput* input, std::byte* arena, std::size_t arena_bytes);
std::byte* thimble_next_rows(const FedInput* input, std::byte* arena, std::uint32_t* count);
std::uint32_t thimble_rows_written(const FedInput* input, std::byte* arena, std::uint32_t count,
                                   StepHook hook, void* context);
std::uint32_t thimble_feed_rows(const FedInput* input, std::byte* arena, const void* rows,
                                std::uint32_t count, StepHook hook, void* context);
std::uint32_t thimble_feed_finish(const FedInput* input, std::byte* arena, StepHook hook,
                                  void* context);
std::uint32_t thimble_rows_fed(const FedInput* input, std::byte* arena);

/// What the first step of a plan that is fed names: run() cannot run it. kRowsMissing.
std::uint32_t thimble_run_unfed(const Plan* plan, std::uint32_t number, std::byte* arena,
                                StepHook hook, void* context);
}

/// Begins an inference, or begins anew. The arena as for run(); it need not be cleared. kBadArena.
[[nodiscard]] inline Status feed_begin(const FedInput& input, std::span<std::byte> arena) {
  return {thimble_feed_begin(&input, arena.data(), arena.size())};
}

/// The place of the next rows, as many as there is room for at once: at least one, if any are to
/// come. To be written by whom it pleases, and told by rows_written. Empty after the last row.
[[nodiscard]] inline std::span<std::byte> next_rows(const FedInput& input,
                                                    std::span<std::byte> arena) {
  std::uint32_t count = 0;
  std::byte* const rows = thimble_next_rows(&input, arena.data(), &count);
  return {rows, std::size_t{count} * input.row_bytes};
}

/// The first `count` rows of next_rows are written: computes with them. With none, goes on after a
/// cancelled call. kNotBegun; kTooManyRows if next_rows has fewer, then nothing has changed.
[[nodiscard]] inline Status rows_written(const FedInput& input, std::span<std::byte> arena,
                                         std::uint32_t count, StepHook hook = nullptr,
                                         void* context = nullptr) {
  return {thimble_rows_written(&input, arena.data(), count, hook, context)};
}

/// Copies the next rows, as many as are given, and computes with them. kNotBegun; kTooManyRows if
/// fewer are to come, then nothing has changed. After kCancelled, rows_fed tells how many are in.
[[nodiscard]] inline Status feed_rows(const FedInput& input, std::span<std::byte> arena,
                                      const std::byte* rows, std::uint32_t count,
                                      StepHook hook = nullptr, void* context = nullptr) {
  return {thimble_feed_rows(&input, arena.data(), rows, count, hook, context)};
}

/// Rows of this inference so far; 0 if none is under way.
[[nodiscard]] inline std::uint32_t rows_fed(const FedInput& input, std::span<std::byte> arena) {
  return thimble_rows_fed(&input, arena.data());
}

/// Computes what is left: then the outputs are in the arena, until the next feed_begin. kNotBegun;
/// kRowsMissing before the last row, then nothing has changed.
[[nodiscard]] inline Status feed_finish(const FedInput& input, std::span<std::byte> arena,
                                        StepHook hook = nullptr, void* context = nullptr) {
  return {thimble_feed_finish(&input, arena.data(), hook, context)};
}

}  // namespace thimble::runtime
