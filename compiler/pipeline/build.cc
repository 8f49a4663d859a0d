// See build.h.
#include "compiler/pipeline/build.h"

#include <algorithm>

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/pipeline/progress.h"

namespace thimble {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMarkFile = ".made-from";

fs::path default_folder(const tflite::Model& model, const BuildOptions& options) {
  std::string name = fmt::format("{}-{}-{}-{}-{}", model.name, options.target.board.name,
                                 options.target.isa.name(), options.optimize, options.offload);
  if (options.target.weights == emit::WeightsPlacement::kData) name += "-weights-in-data";
  if (!options.strip_signedness) name += "-with-signedness";
  if (options.all_tensors) name += "-layers";
  if (options.target.counts_steps) name += "-profile";
  if (options.target.traces) name += "-trace";
  return source_root() / "build" / "out" / name;
}

std::vector<std::string> products(const tflite::Model& model) {
  return {"firmware.elf",    "firmware.bin",     "firmware.map", fmt::format("lib{}.a", model.name),
          model.name + ".h", model.name + ".hpp"};
}

}  // namespace

std::uint64_t sources_mark(const Board& board) {
  std::vector<fs::path> files;
  for (const fs::path& folder :
       {source_root() / "kernel", source_root() / "drivers", source_root() / "runtime",
        source_root() / "microkernels", source_root() / "apps", board.folder}) {
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(folder, ignored)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  std::uint64_t hash = 1;
  for (const fs::path& file : files) {
    const auto content = read_file(file);
    if (content) hash = content_hash(*content, hash);
  }
  return hash;
}

std::vector<std::string> zoo_models() {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(source_root() / "zoo", ignored)) {
    const std::string name = entry.path().filename().string();
    if (fs::exists(entry.path() / (name + ".tflite"))) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

Result<fs::path> find_model(const std::string& path_or_name) {
  const std::vector<std::string> names = zoo_models();
  if (std::ranges::find(names, path_or_name) != names.end()) {
    return source_root() / "zoo" / path_or_name / (path_or_name + ".tflite");
  }
  std::error_code ignored;
  if (fs::exists(path_or_name, ignored)) return fs::path(path_or_name);
  return fail(ExitCode::kUsage, "{}: no such file, and no model of the zoo, which has {}",
              path_or_name, fmt::join(names, ", "));
}

Result<Build> build(const tflite::Model& model, const BuildOptions& options) {
  Build result;
  ASSIGN_OR_RETURN(
      result.network,
      compile_network(model,
                      {options.target.isa, options.all_tensors, options.offload == "all",
                       options.optimize == "size" ? offload::Goal::kSize : offload::Goal::kSpeed,
                       options.strip_signedness}));
  const Network& network = result.network;
  result.folder = fs::absolute(options.out.value_or(default_folder(model, options)));
  result.elf = result.folder / "firmware.elf";
  const emit::Target& target = options.target;
  const std::string mark =
      fmt::format("{} {} {}{}{} {:016x}\n", network.key, target.board.name,
                  target.weights == emit::WeightsPlacement::kData ? "data" : "rodata",
                  target.counts_steps ? " counting steps" : "", target.traces ? " tracing" : "",
                  sources_mark(target.board));
  const std::vector<std::string> files = products(model);
  const auto old_mark = read_text(result.folder / kMarkFile);
  result.was_current =
      old_mark && *old_mark == mark && std::ranges::all_of(files, [&](const std::string& file) {
        return fs::exists(result.folder / file);
      });
  if (result.was_current) {
    ASSIGN_OR_RETURN(result.image, measure(result.elf, result.folder / "firmware.map"));
    TRY(check_fit(target.board, target.limits, result.image));
    return result;
  }

  std::error_code error;
  if (fs::exists(result.folder) && !fs::is_directory(result.folder)) {
    return fail(ExitCode::kUsage, "{}: is a file; --out wants a folder", result.folder.string());
  }
  const emit::Interface interface = emit::make_interface(model, network.results, network.plan);
  ASSIGN_OR_RETURN(const TemporaryFolder work, TemporaryFolder::make(result.folder));
  {
    const Stage stage(fmt::format("building firmware for {}", target.board.name));
    ASSIGN_OR_RETURN(
        const emit::Firmware firmware,
        emit::build_firmware(target, interface, network.plan, network.object, work.path()));
    result.image = firmware.image;
  }
  fs::create_directories(result.folder, error);
  fs::remove(result.folder / kMarkFile, error);
  for (const std::string& file : files) {
    fs::rename(work.path() / file, result.folder / file, error);
    if (error)
      return fail(ExitCode::kToolFailed, "{}: {}", (result.folder / file).string(),
                  error.message());
  }
  TRY(write_text(result.folder / kMarkFile, mark));
  return result;
}

}  // namespace thimble
