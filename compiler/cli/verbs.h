// The verbs of the command line. Each adds itself to the parser; main runs the one that was called.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "compiler/base/result.h"

namespace thimble::cli {

/// What a verb does once its options are parsed. A returned JSON is what --json writes.
struct Outcome {
  nlohmann::ordered_json json;
  ExitCode code = ExitCode::kDone;
  std::string message =
      {};  ///< with another code than kDone: the reason, after the JSON was written
};
using Action = std::function<Result<Outcome>()>;

/// A verb of the parser and what it does.
struct Verb {
  CLI::App* parser;
  Action action;
  std::shared_ptr<std::string> json_file;
};

[[nodiscard]] Verb compile_verb(CLI::App& app);
[[nodiscard]] Verb run_verb(CLI::App& app);
[[nodiscard]] Verb validate_verb(CLI::App& app);
[[nodiscard]] Verb profile_verb(CLI::App& app);
[[nodiscard]] Verb trace_verb(CLI::App& app);
[[nodiscard]] Verb plan_verb(CLI::App& app);
[[nodiscard]] Verb bench_verb(CLI::App& app);
[[nodiscard]] Verb zoo_verb(CLI::App& app);
[[nodiscard]] Verb size_verb(CLI::App& app);
[[nodiscard]] Verb boards_verb(CLI::App& app);
[[nodiscard]] Verb models_verb(CLI::App& app);

/// The start of each verb: its name, its help, and --json.
[[nodiscard]] Verb make_verb(CLI::App& app, const std::string& name, const std::string& help);

}  // namespace thimble::cli
