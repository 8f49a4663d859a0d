// The whole way: model in, folder with firmware and library out.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/emit/firmware.h"
#include "compiler/pipeline/network.h"
#include "compiler/tflite/model.h"

namespace thimble {

struct BuildOptions {
  emit::Target target;
  std::string optimize = "speed";
  std::string offload = "all";
  bool strip_signedness = true;              ///< see NetworkOptions
  std::optional<std::filesystem::path> out;  ///< none: build/out/<model>-<board>-<options>
  bool all_tensors = false;                  ///< a firmware for checking layers
  bool feed = false;                         ///< the model's input comes by rows
  /// What the arena may take. None: what the target's RAM leaves, and if that is not limited, as
  /// little as costs few instructions.
  std::optional<std::uint64_t> arena_bytes;
};

struct Build {
  std::filesystem::path folder;
  std::filesystem::path elf;
  ImageReport image;
  Network network;
  bool was_current = false;                  ///< nothing had to be built
  std::optional<std::uint64_t> arena_bytes;  ///< that the plan was allowed

  /// Of an input that is fed; 0 if it is not.
  [[nodiscard]] std::uint64_t row_bytes() const {
    return network.plan.feed ? network.plan.feed->row_bytes : 0;
  }
};

/// A .tflite file as it stands, or the model of that name in the zoo (then the card stands beside
/// it). kUsage, with the zoo's models, if neither is there.
[[nodiscard]] Result<std::filesystem::path> find_model(const std::string& path_or_name);

/// Builds, unless the folder already holds exactly this. The folder's files are replaced whole or
/// not at all.
[[nodiscard]] Result<Build> build(const tflite::Model& model, const BuildOptions& options);

/// Changes whenever a source that goes into firmware for the board does.
[[nodiscard]] std::uint64_t sources_mark(const Board& board);

/// Names of the zoo's models, sorted.
[[nodiscard]] std::vector<std::string> zoo_models();

}  // namespace thimble
