// Running other programs (the converter, IREE, clang, the reference interpreter) and hearing all
// they say.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "compiler/base/result.h"

namespace thimble {

struct ProcessOutput {
  int exit_code = 0;  ///< 128 + signal number if a signal ended it.
  std::string out;
  std::string err;
};

/// Runs `command` (found on PATH) to its end and collects both output streams.
/// Fails with kToolFailed only if it cannot be started; a non-zero exit is the caller's to judge.
[[nodiscard]] Result<ProcessOutput> run_process(const std::vector<std::string>& command,
                                                const std::filesystem::path& folder = {});

/// As run_process, but a non-zero exit is a kToolFailed error that quotes the last lines of the
/// program's stderr.
[[nodiscard]] Result<std::string> run_tool(const std::vector<std::string>& command,
                                           const std::filesystem::path& folder = {});

/// Runs `command` to its end while the user sees what it says, on standard error. Returns its exit
/// code, 128 + signal number if a signal ended it; kToolFailed only if it cannot be started.
[[nodiscard]] Result<int> run_visibly(const std::vector<std::string>& command);

/// Path of a program of the pinned Python environment (build/python/bin, or $THIMBLE_PYTHON_BIN).
[[nodiscard]] std::string python_tool(const std::string& name);

/// The root of the repository: boards, target sources and scripts stand below it.
[[nodiscard]] const std::filesystem::path& source_root();

}  // namespace thimble
