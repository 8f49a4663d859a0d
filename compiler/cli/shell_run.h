// A firmware with a shell on a simulated board: lines are typed, what it says is shown.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/base/result.h"
#include "compiler/boards/board.h"

namespace thimble::cli {

struct ShellScript {
  std::vector<std::string> lines;  ///< each is typed when the one before is done
  bool fetch_trace = false;        ///< then the trace is asked for
  bool interactive = false;        ///< then the terminal is connected, until the program ends
  unsigned shift = 0;              ///< an instruction takes 2^shift ns
};

struct ShellRun {
  std::string text;  ///< all that it said
  Bytes trace;       ///< as the target sends it
};

/// Boots `elf` and goes through the script; shows what it says on standard output while it says it.
/// The line `quit` ends the program, anything else leaves it to be ended here.
[[nodiscard]] Result<ShellRun> run_at_shell(const Board& board, const std::filesystem::path& elf,
                                            const ShellScript& script);

}  // namespace thimble::cli
