// Command lines for the target: compiling, archiving and linking for a board and an instruction
// set.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/boards/board.h"
#include "compiler/isa/isa.h"

namespace thimble::emit {

using Command = std::vector<std::string>;

/// Compiles a C++ source or, by its ending .S, an assembly source. Includes are found from the
/// repository's root, in the board's folder and in `folder`.
[[nodiscard]] Command compile_command(const Isa& isa, const std::filesystem::path& board_folder,
                                      const std::filesystem::path& folder,
                                      const std::filesystem::path& source,
                                      const std::filesystem::path& object);

/// Bytes of the stacks that every firmware has, multiples of 16.
struct StackSizes {
  std::uint64_t main = 0;
  std::uint64_t trap = 384;  ///< enough for the report of a fault by any firmware
};

/// Links `objects` for a board whose memory.ld stands in `folder`; the map goes beside `elf`.
/// Libraries of the C compiler and, behind them, of the C library serve what is still undefined:
/// deferred linking.
[[nodiscard]] Result<Command> link_command(const Isa& isa,
                                           const std::vector<std::filesystem::path>& objects,
                                           const std::filesystem::path& folder,
                                           const StackSizes& stacks,
                                           const std::filesystem::path& elf);

/// Objects of kernel, drivers, runtime, board and `modules` (folders, or single sources, of the
/// repository), built as far as they are out of date, side by side, with Ninja. They are kept for
/// later calls, for each set of modules and `definitions` (of the preprocessor) by themselves;
/// calls that build the same wait for each other. `application` names them.
[[nodiscard]] Result<std::vector<std::filesystem::path>> system_objects(
    const Board& board, const Isa& isa, const std::string& application,
    const std::vector<std::string>& definitions, const std::vector<std::string>& modules);

}  // namespace thimble::emit
