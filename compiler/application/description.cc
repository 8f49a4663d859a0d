// See description.h.
#include "compiler/application/description.h"

#include <algorithm>
#include <cctype>

#include "compiler/base/json_place.h"
#include "compiler/base/process.h"

namespace thimble {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKeys[] = {"name",   "description", "models", "modules",   "kernel",
                                      "assets", "main_stack",  "run",    "simulator", "trace"};
constexpr unsigned kMostShift = 10;

bool is_identifier(std::string_view name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::ranges::all_of(name,
                             [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

// A path as it stands, or from the application's folder.
fs::path resolve(const fs::path& folder, const std::string& path) {
  return (folder / path).lexically_normal();
}

Result<ApplicationModel> read_model(const Place& place, const fs::path& folder) {
  ApplicationModel model;
  ASSIGN_OR_RETURN(model.model, read_text_at(place.at("model")));
  if (model.model.ends_with(".tflite")) model.model = resolve(folder, model.model).string();
  if (place.json.contains("optimize")) {
    ASSIGN_OR_RETURN(model.optimize, read_text_at(place.at("optimize")));
    if (model.optimize != "size" && model.optimize != "speed")
      return place.at("optimize").wrong("size or speed is wanted");
  }
  return model;
}

Status read_kernel(const Place& place, std::map<std::string, std::string>& kernel) {
  if (!place.json.is_object()) return place.wrong("an object is wanted");
  for (const auto& [key, value] : place.json.items()) {
    const Place choice = place.at(key);
    if (!key.starts_with("THIMBLE_") || !is_identifier(key))
      return choice.wrong("a choice of kernel/config.h is wanted, such as THIMBLE_SAFE");
    ASSIGN_OR_RETURN(const std::uint64_t number, read_number_at(choice));
    kernel[key] = fmt::format("{}", number);
  }
  return {};
}

// Files, sorted by their names; of a folder all of its own.
Result<std::vector<fs::path>> read_assets(const Place& place, const fs::path& folder) {
  ASSIGN_OR_RETURN(const std::string text, read_text_at(place));
  const fs::path path = resolve(folder, text);
  std::error_code error;
  if (fs::is_regular_file(path, error)) return std::vector{path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  if (error || files.empty())
    return place.wrong(fmt::format("{} is no file and no folder with files", path.string()));
  std::ranges::sort(files);
  return files;
}

Status read_lists(const Place& root, Application& application) {
  if (root.json.contains("models")) {
    const Place models = root.at("models");
    if (!models.json.is_array()) return models.wrong("a list is wanted");
    for (std::size_t i = 0; i < models.json.size(); ++i) {
      ASSIGN_OR_RETURN(application.models.emplace_back(),
                       read_model(models.at(i), application.folder));
    }
  }
  if (root.json.contains("modules")) {
    ASSIGN_OR_RETURN(application.modules, read_texts_at(root.at("modules")));
    for (std::size_t i = 0; i < application.modules.size(); ++i) {
      if (!fs::exists(source_root() / application.modules[i]))
        return root.at("modules").at(i).wrong("no such folder or source in the repository");
    }
  }
  if (root.json.contains("assets")) {
    const Place assets = root.at("assets");
    if (!assets.json.is_object()) return assets.wrong("an object is wanted");
    for (const auto& [key, value] : assets.json.items()) {
      if (!is_identifier(key)) return assets.at(key).wrong("the name of a list is wanted");
      ASSIGN_OR_RETURN(application.assets[key], read_assets(assets.at(key), application.folder));
    }
  }
  for (const auto& [key, list] :
       {std::pair{"run", &application.run}, std::pair{"trace", &application.trace}}) {
    if (!root.json.contains(key)) continue;
    ASSIGN_OR_RETURN(*list, read_texts_at(root.at(key)));
  }
  return {};
}

}  // namespace

Result<Application> read_application(const fs::path& folder) {
  const fs::path file = folder / "app.json";
  ASSIGN_OR_RETURN(const Json json, read_json_object(file));
  const Place root{file, "", json};
  for (const auto& [key, value] : json.items()) {
    if (std::ranges::find(kKeys, key) == std::end(kKeys))
      return root.at(key).wrong(fmt::format("unknown; known are {}", fmt::join(kKeys, ", ")));
  }
  Application application;
  application.folder = fs::absolute(folder).lexically_normal();
  ASSIGN_OR_RETURN(application.name, read_text_at(root.at("name")));
  if (!is_identifier(application.name))
    return root.at("name").wrong("letters, digits and underscores are wanted");
  ASSIGN_OR_RETURN(application.description, read_text_at(root.at("description")));
  TRY(read_lists(root, application));
  if (json.contains("kernel")) TRY(read_kernel(root.at("kernel"), application.kernel));
  if (json.contains("main_stack")) {
    ASSIGN_OR_RETURN(application.main_stack, read_number_at(root.at("main_stack")));
    if (application.main_stack % 16 != 0) return root.at("main_stack").wrong("a multiple of 16");
  }
  if (json.contains("simulator")) {
    const Place mips = root.at("simulator").at("mips");
    ASSIGN_OR_RETURN(application.mips, read_number_at(mips));
    if (!shift_of(application.mips))
      return mips.wrong("1000, 500, 250, 125 and so on are possible");
  }
  return application;
}

Result<std::optional<Application>> find_application(const std::string& name) {
  std::error_code ignored;
  for (const fs::path& folder : {fs::path(name), source_root() / "apps" / name}) {
    if (!fs::exists(folder / "app.json", ignored)) continue;
    ASSIGN_OR_RETURN(Application application, read_application(folder));
    return application;
  }
  return std::nullopt;
}

std::optional<unsigned> shift_of(std::uint64_t mips) {
  for (unsigned shift = 0; shift <= kMostShift; ++shift) {
    if (1000U >> shift == mips) return shift;
  }
  return std::nullopt;
}

}  // namespace thimble
