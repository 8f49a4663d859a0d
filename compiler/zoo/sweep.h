// Measures configurations with the tool itself, as a Ninja build: on all cores, going on where it
// was interrupted, and again only where content changed.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/zoo/configuration.h"

namespace thimble::zoo {

struct Sweep {
  std::vector<Configuration> configurations;
  std::vector<Board> boards;
  std::filesystem::path folder;  ///< of results; kept from call to call
  int samples = 3;               ///< random inputs that each firmware is validated with
};

/// build.ninja. `tool` is run with the verbs' arguments; what it says goes to <step>.log, its exit
/// code to <step>.code.
[[nodiscard]] std::string build_file(const Sweep& sweep, const std::filesystem::path& tool);

/// Runs what is not done yet; the user sees its progress. A step that fails does not stop others;
/// it is run again by the next call.
[[nodiscard]] Status run(const Sweep& sweep);

/// One object of the contract for each configuration, in their order, as schema.json has it. A step
/// that failed stands in its "failures".
[[nodiscard]] Result<nlohmann::ordered_json> collect(const Sweep& sweep);

}  // namespace thimble::zoo
