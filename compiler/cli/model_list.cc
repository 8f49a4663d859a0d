// See model_list.h.
#include "compiler/cli/model_list.h"

#include <algorithm>

#include "compiler/pipeline/build.h"

namespace thimble::cli {

namespace fs = std::filesystem;

std::shared_ptr<std::string> add_models_option(CLI::App& verb) {
  auto folder = std::make_shared<std::string>();
  verb.add_option("--models", *folder, "A folder of further models")->envname("THIMBLE_MODELS");
  return folder;
}

Result<std::vector<fs::path>> list_models(const std::string& folder) {
  std::vector<fs::path> paths;
  for (const std::string& name : zoo_models()) {
    ASSIGN_OR_RETURN(const fs::path path, find_model(name));
    paths.push_back(path);
  }
  if (folder.empty()) return paths;
  std::error_code error;
  std::vector<fs::path> more;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".tflite") more.push_back(entry.path());
  }
  if (error) return fail(ExitCode::kUsage, "{}: {}", folder, error.message());
  std::ranges::sort(more);
  paths.insert(paths.end(), more.begin(), more.end());
  return paths;
}

Result<std::vector<fs::path>> choose_models(const std::vector<std::string>& names,
                                            const std::string& folder) {
  ASSIGN_OR_RETURN(std::vector<fs::path> listed, list_models(folder));
  if (names.empty()) return listed;
  std::vector<fs::path> chosen;
  for (const std::string& name : names) {
    const auto found =
        std::ranges::find(listed, name, [](const fs::path& path) { return path.stem().string(); });
    if (found != listed.end()) {
      chosen.push_back(*found);
      continue;
    }
    ASSIGN_OR_RETURN(const fs::path path, find_model(name));
    chosen.push_back(path);
  }
  return chosen;
}

}  // namespace thimble::cli
