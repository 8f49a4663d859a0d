// One model on a simulated board: inputs in, outputs out, and what the run told.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/base/result.h"
#include "compiler/pipeline/build.h"

namespace thimble::cli {

struct TargetRun {
  std::vector<Bytes> outputs;      ///< of each sample, all output tensors one after the other
  std::uint64_t instructions = 0;  ///< of the last inference, without the transport
  std::uint64_t stack_peak = 0;    ///< bytes of the main stack that were used
};

/// Boots the build in the board's simulator and runs every sample. `progress` hears how many are
/// done.
[[nodiscard]] Result<TargetRun> run_on_target(const Board& board, const Build& build,
                                              std::span<const Bytes> samples,
                                              const std::function<void(int)>& progress = {});

/// Instructions that each step of the plan takes for one input, told by firmware that was built to
/// count them (emit::Target::counts_steps).
[[nodiscard]] Result<std::vector<std::uint32_t>> count_steps(const Board& board, const Build& build,
                                                             std::span<const std::uint8_t> input);

/// Runs firmware that was built with a trace once and fetches that. Without `input`, inputs of its
/// size that are all 0. `row_bytes` as Session::infer takes it.
[[nodiscard]] Result<Bytes> fetch_trace(const Board& board, const std::filesystem::path& elf,
                                        const std::optional<Bytes>& input,
                                        std::size_t row_bytes = 0);

}  // namespace thimble::cli
