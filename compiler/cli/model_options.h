// The options that compile, run and validate share, and what they mean.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "compiler/pipeline/build.h"

namespace thimble::cli {

struct ModelOptions {
  std::string model;
  std::string board = "qemu-virt";
  std::string isa;  ///< empty: the board's
  std::string optimize = "speed";
  std::string offload = "all";
  std::string weights = "rodata";
  std::string out;
  std::optional<std::uint64_t> flash;
  std::optional<std::uint64_t> ram;
};

/// Adds MODEL and the shared options to a verb. The options live as long as the verb.
[[nodiscard]] std::shared_ptr<ModelOptions> add_model_options(CLI::App& verb);

/// A model that was read and built.
struct BuiltModel {
  tflite::Model model;
  BuildOptions options;
  Build build;
};

/// Reads the model, finds the board and builds.
[[nodiscard]] Result<BuiltModel> build_model(const ModelOptions& options);

/// The contract's JSON about a built model: model, board, isa, optimize, offload, elf, memory.
[[nodiscard]] nlohmann::ordered_json describe(const BuiltModel& built);

/// Prints what of the board's memory it takes.
void print_memory(const BuiltModel& built, const MemoryReport& memory);

/// Writes `json` as report.json into the build's folder.
[[nodiscard]] Status write_report(const BuiltModel& built, const nlohmann::ordered_json& json);

}  // namespace thimble::cli
