// The options that compile, run, validate and profile share, and what they mean.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "compiler/cli/target_run.h"
#include "compiler/pipeline/build.h"

namespace thimble::cli {

struct ModelOptions {
  std::string model;
  std::string board = "qemu-virt";
  std::string isa;  ///< empty: the board's
  std::string optimize = "speed";
  std::string offload = "all";
  std::string weights = "rodata";
  std::string signedness = "strip";
  std::string out;
  std::optional<std::uint64_t> flash;
  std::optional<std::uint64_t> ram;
  bool feed = false;
};

/// Adds MODEL and the shared options to a verb. The options live as long as the verb.
[[nodiscard]] std::shared_ptr<ModelOptions> add_model_options(CLI::App& verb);

/// The same without --out, for a verb that means something else by it.
[[nodiscard]] std::shared_ptr<ModelOptions> add_model_options_but_out(CLI::App& verb);

/// The board and all that firmware for it is built with.
[[nodiscard]] Result<emit::Target> make_target(const ModelOptions& options);

/// A model that was read and built.
struct BuiltModel {
  tflite::Model model;
  BuildOptions options;
  Build build;
};

/// Reads the model, finds the board and builds.
[[nodiscard]] Result<BuiltModel> build_model(const ModelOptions& options);

/// The same for a target of make_target() that was changed.
[[nodiscard]] Result<BuiltModel> build_model(const ModelOptions& options, emit::Target target);

/// The contract's JSON about a built model: model, board, isa, optimize, offload, elf, memory.
[[nodiscard]] nlohmann::ordered_json describe(const BuiltModel& built);

/// The same with what a run of it told: inference, and the peak of the stack in memory.
[[nodiscard]] nlohmann::ordered_json describe(const BuiltModel& built, const TargetRun& run);

/// Prints what of the board's memory it takes, and of the main stack, if it ran.
void print_memory(const BuiltModel& built, std::optional<std::uint64_t> stack_peak = {});

/// Prints what an inference took.
void print_instructions(const BuiltModel& built, const TargetRun& run);

/// Writes `json` as report.json into the build's folder.
[[nodiscard]] Status write_report(const BuiltModel& built, const nlohmann::ordered_json& json);

}  // namespace thimble::cli
