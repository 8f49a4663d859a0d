// The small models of the tests (tests/models/make_models.py), made when they are first asked for.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "compiler/base/file.h"
#include "compiler/base/process.h"

namespace thimble::test {

/// Path of a small model, e.g. "dense". The files are gone when the test program ends.
inline std::filesystem::path small_model(const std::string& name) {
  static const TemporaryFolder folder = [] {
    auto made = TemporaryFolder::make(std::filesystem::temp_directory_path() / "test-models");
    if (!made) throw std::runtime_error(made.error().message);
    const auto run =
        run_tool({python_tool("python"), "-B",
                  (source_root() / "tests/models/make_models.py").string(), made->path().string()});
    if (!run) throw std::runtime_error(run.error().message);
    return *std::move(made);
  }();
  return folder.path() / (name + ".tflite");
}

/// Path of a full-size model (ic, kws, vww) from the folder $THIMBLE_MODELS; empty where there is
/// none.
inline std::filesystem::path full_model(const std::string& name) {
  const char* const folder = std::getenv("THIMBLE_MODELS");
  const std::filesystem::path path = folder == nullptr
                                         ? std::filesystem::path()
                                         : std::filesystem::path(folder) / (name + ".tflite");
  return std::filesystem::exists(path) ? path : std::filesystem::path();
}

}  // namespace thimble::test
