// From an application's description to its firmware.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "compiler/application/description.h"
#include "compiler/base/result.h"
#include "compiler/emit/firmware.h"
#include "compiler/pipeline/network.h"
#include "compiler/tflite/model.h"

namespace thimble {

/// A model of an application, compiled.
struct BuiltModelOfApplication {
  tflite::Model model;
  Network network;
};

struct ApplicationBuild {
  std::filesystem::path folder;
  std::filesystem::path elf;
  ImageReport image;
  std::vector<BuiltModelOfApplication> models;
};

/// Builds firmware.elf, .bin and .map into `out`, by default build/out/app-<name>-<board>-<isa>,
/// unless it already holds exactly this. `definitions` of the preprocessor come on top of the
/// application's.
[[nodiscard]] Result<ApplicationBuild> build_application(
    const Application& application, const emit::Target& target,
    const std::optional<std::filesystem::path>& out,
    const std::vector<std::string>& definitions = {});

}  // namespace thimble
