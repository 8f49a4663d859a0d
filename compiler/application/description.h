// An application as its app.json describes it: a folder of sources, the models it runs, the modules
// it links, how the kernel is configured, files that it carries, and how it is demonstrated.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/result.h"

namespace thimble {

struct ApplicationModel {
  std::string model;               ///< a path, or the name of a model of the zoo
  std::string optimize = "speed";  ///< or size
};

struct Application {
  std::string name;  ///< a C identifier
  std::string description;
  std::filesystem::path folder;
  std::vector<ApplicationModel> models;
  std::vector<std::string> modules;           ///< folders or sources of the repository
  std::map<std::string, std::string> kernel;  ///< choices of kernel/config.h
  std::uint64_t main_stack = 1024;            ///< bytes; tasks have stacks of their own
  /// Folders or files that go into the image, by the name of their list.
  std::map<std::string, std::vector<std::filesystem::path>> assets;
  std::uint64_t mips = 1000;       ///< of the simulated core: a million instructions a second
  std::vector<std::string> run;    ///< what is typed at its shell by `thimble run`
  std::vector<std::string> trace;  ///< likewise by `thimble trace`, before the trace is fetched
};

/// Reads `folder`/app.json. An error names the file and the key; a key that is not known is one.
[[nodiscard]] Result<Application> read_application(const std::filesystem::path& folder);

/// The application in that folder, or of that name in apps/. Absent if there is none.
[[nodiscard]] Result<std::optional<Application>> find_application(const std::string& name);

/// Whether the simulator can be as fast as that: 1000 / 2^n.
[[nodiscard]] std::optional<unsigned> shift_of(std::uint64_t mips);

}  // namespace thimble
