// See build.h.
#include "compiler/application/build.h"

#include <algorithm>

#include "compiler/application/assets.h"
#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/emit/model_objects.h"
#include "compiler/emit/toolchain.h"
#include "compiler/pipeline/build.h"
#include "compiler/pipeline/progress.h"

namespace thimble {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMarkFile = ".made-from";
constexpr const char* kProducts[] = {"firmware.elf", "firmware.bin", "firmware.map"};

Result<std::vector<BuiltModelOfApplication>> compile_models(const Application& application,
                                                            const Isa& isa) {
  std::vector<BuiltModelOfApplication> models;
  for (const ApplicationModel& wanted : application.models) {
    ASSIGN_OR_RETURN(const fs::path path, find_model(wanted.model));
    ASSIGN_OR_RETURN(tflite::Model model, tflite::read(path));
    if (std::ranges::any_of(models,
                            [&](const auto& known) { return known.model.name == model.name; })) {
      return fail(ExitCode::kUsage, "{}: two models are called {}",
                  (application.folder / "app.json").string(), model.name);
    }
    const bool small = wanted.optimize == "size";
    ASSIGN_OR_RETURN(Network network, compile_network(model, {.isa = isa,
                                                              .goal = small ? offload::Goal::kSize
                                                                            : offload::Goal::kSpeed,
                                                              .memory = {}}));
    models.push_back({std::move(model), std::move(network)});
  }
  return models;
}

// All files that the firmware depends on besides its models and what sources_mark() knows.
std::vector<fs::path> own_files(const Application& application) {
  std::vector<fs::path> files;
  std::vector<fs::path> roots{application.folder, source_root() / "frontend"};
  for (const std::string& module : application.modules) roots.push_back(source_root() / module);
  for (const fs::path& root : roots) {
    std::error_code ignored;
    if (fs::is_regular_file(root, ignored)) files.push_back(root);
    for (const auto& entry : fs::recursive_directory_iterator(root, ignored)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  for (const auto& [key, list] : application.assets)
    files.insert(files.end(), list.begin(), list.end());
  std::ranges::sort(files);
  return files;
}

std::string mark_of(const Application& application, const emit::Target& target,
                    const std::vector<BuiltModelOfApplication>& models,
                    const std::vector<std::string>& definitions) {
  std::uint64_t hash = sources_mark(target.board);
  for (const fs::path& file : own_files(application)) {
    const std::string name = file.string();
    hash = content_hash({reinterpret_cast<const std::uint8_t*>(name.data()), name.size()}, hash);
    if (const auto content = read_file(file)) hash = content_hash(*content, hash);
  }
  std::string keys;
  for (const BuiltModelOfApplication& model : models) keys += model.network.key + " ";
  return fmt::format("{}{} {} {} {:016x} {:016x}\n", keys, target.board.name, target.isa.name(),
                     fmt::join(definitions, " "), tool_mark(), hash);
}

// The application's own sources and what is generated for it, compiled into `folder`/apps.
Result<std::vector<fs::path>> compile_own(const Application& application,
                                          const emit::Target& target,
                                          const std::vector<std::string>& options,
                                          const fs::path& folder) {
  const fs::path objects_folder = folder / "apps";
  std::error_code error;
  fs::create_directories(objects_folder, error);
  std::vector<fs::path> sources{folder / "models.cc", folder / "assets.cc", folder / "assets.S"};
  for (const auto& entry : fs::directory_iterator(application.folder, error)) {
    const fs::path& path = entry.path();
    const bool is_source = path.extension() == ".cc" || path.extension() == ".S";
    if (is_source && !path.stem().string().ends_with("_test")) sources.push_back(path);
  }
  std::ranges::sort(sources);
  std::vector<fs::path> objects;
  for (const fs::path& source : sources) {
    objects.push_back(objects_folder / (source.filename().string() + ".o"));
    emit::Command command =
        emit::compile_command(target.isa, target.board.folder, folder, source, objects.back());
    command.insert(command.end(), options.begin(), options.end());
    TRY(run_tool(command));
  }
  return objects;
}

Result<std::vector<fs::path>> compile_all(const Application& application,
                                          const emit::Target& target,
                                          const std::vector<BuiltModelOfApplication>& models,
                                          const std::vector<std::string>& definitions,
                                          const fs::path& folder) {
  std::vector<std::string> options{"-I" + application.folder.string(), "-Wa,-I" + folder.string()};
  for (const std::string& definition : definitions) options.push_back("-D" + definition);
  ASSIGN_OR_RETURN(std::vector<fs::path> objects,
                   emit::system_objects(target.board, target.isa, "app-" + application.name,
                                        definitions, application.modules));
  std::vector<emit::Interface> interfaces;
  for (const auto& [model, network] : models) {
    interfaces.push_back(emit::make_interface(model, network.results, network.plan));
    const fs::path place = folder / model.name;
    ASSIGN_OR_RETURN(
        const emit::ModelObjects compiled,
        emit::compile_model(target, interfaces.back(), network.plan, network.object, place));
    objects.insert(objects.end(), compiled.library.begin(), compiled.library.end());
    options.push_back("-I" + place.string());
  }
  TRY(write_text(folder / "models.cc", emit::models_source(interfaces)));
  TRY(write_assets(application.assets, folder));
  ASSIGN_OR_RETURN(const std::vector<fs::path> own,
                   compile_own(application, target, options, folder));
  objects.insert(objects.end(), own.begin(), own.end());
  return objects;
}

}  // namespace

Result<ApplicationBuild> build_application(const Application& application,
                                           const emit::Target& target,
                                           const std::optional<fs::path>& out,
                                           const std::vector<std::string>& more_definitions) {
  ApplicationBuild result;
  ASSIGN_OR_RETURN(result.models, compile_models(application, target.isa));
  std::vector<std::string> definitions;
  for (const auto& [name, value] : application.kernel)
    definitions.push_back(fmt::format("{}={}", name, value));
  definitions.insert(definitions.end(), more_definitions.begin(), more_definitions.end());
  result.folder = fs::absolute(out.value_or(
      source_root() / "build" / "out" /
      fmt::format("app-{}-{}-{}", application.name, target.board.name, target.isa.name())));
  result.elf = result.folder / "firmware.elf";
  const std::string mark = mark_of(application, target, result.models, definitions);
  const auto old_mark = read_text(result.folder / kMarkFile);
  const bool is_current =
      old_mark && *old_mark == mark && std::ranges::all_of(kProducts, [&](const char* file) {
        return fs::exists(result.folder / file);
      });
  if (is_current) {
    ASSIGN_OR_RETURN(result.image, measure(result.elf, result.folder / "firmware.map"));
    TRY(check_fit(target.board, target.limits, result.image));
    return result;
  }
  ASSIGN_OR_RETURN(const TemporaryFolder work, TemporaryFolder::make(result.folder));
  const Stage stage(fmt::format("building {} for {}", application.name, target.board.name));
  ASSIGN_OR_RETURN(const std::vector<fs::path> objects,
                   compile_all(application, target, result.models, definitions, work.path()));
  const fs::path elf = work.path() / "firmware.elf";
  TRY(write_text(work.path() / "memory.ld", memory_ld(target.board)));
  ASSIGN_OR_RETURN(const emit::Command link, emit::link_command(target.isa, objects, work.path(),
                                                                {application.main_stack}, elf));
  TRY(run_tool(link));
  ASSIGN_OR_RETURN(result.image, measure(elf, work.path() / "firmware.map"));
  TRY(check_fit(target.board, target.limits, result.image));
  TRY(run_tool(
      {"llvm-objcopy-19", "-O", "binary", elf.string(), (work.path() / "firmware.bin").string()}));
  std::error_code error;
  fs::create_directories(result.folder, error);
  fs::remove(result.folder / kMarkFile, error);
  for (const char* file : kProducts) {
    fs::rename(work.path() / file, result.folder / file, error);
    if (error)
      return fail(ExitCode::kToolFailed, "{}: {}", (result.folder / file).string(),
                  error.message());
  }
  TRY(write_text(result.folder / kMarkFile, mark));
  return result;
}

}  // namespace thimble
