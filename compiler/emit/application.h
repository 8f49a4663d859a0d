// A firmware without a model: kernel, drivers and an application of apps/.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/boards/board.h"
#include "compiler/isa/isa.h"

namespace thimble::emit {

/// Builds apps/`name` for the board, with `definitions` of the preprocessor, into `folder`:
/// firmware.elf and firmware.map. The main stack, on which run_tasks() idles, has
/// `main_stack_bytes`.
[[nodiscard]] Result<std::filesystem::path> build_application(
    const Board& board, const Isa& isa, const std::string& name,
    const std::vector<std::string>& definitions, std::uint64_t main_stack_bytes,
    const std::filesystem::path& folder);

}  // namespace thimble::emit
