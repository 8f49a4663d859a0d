// See build.h.
#include "compiler/pipeline/build.h"

#include <algorithm>
#include <charconv>

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
  if (options.feed) name += "-feed";
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

namespace {

// The mark of a folder: what it was made from, and in the last line what its plan was allowed.
std::string goal_text(const plan::Goal& goal) {
  return goal.arena_bytes ? fmt::format("arena {}\n", *goal.arena_bytes) : "any arena\n";
}

std::optional<plan::Goal> goal_of(std::string_view mark, std::string_view made_from) {
  if (!mark.starts_with(made_from)) return std::nullopt;
  mark.remove_prefix(made_from.size());
  plan::Goal goal;
  if (mark == goal_text(goal)) return goal;
  std::uint64_t bytes = 0;
  constexpr std::string_view kArena = "arena ";
  if (!mark.starts_with(kArena)) return std::nullopt;
  const auto [end, error] =
      std::from_chars(mark.data() + kArena.size(), mark.data() + mark.size(), bytes);
  if (error != std::errc() || *end != '\n') return std::nullopt;
  goal.arena_bytes = bytes;
  return goal;
}

// A firmware whose plan keeps to the target's RAM.
class Fitting {
 public:
  Fitting(const tflite::Model& model, const BuildOptions& options, NetworkOptions& network_options,
          Network& network)
      : model_(model), options_(options), network_options_(network_options), network_(network) {}

  Result<ImageReport> build(const fs::path& folder) {
    const emit::Target& target = options_.target;
    ASSIGN_OR_RETURN(ImageReport image, build_once(folder));
    const std::uint64_t room = capacity(target.board, target.limits).ram;
    const bool must_fit =
        !options_.arena_bytes && !options_.all_tensors && !target.counts_steps && !target.traces;
    const bool is_limited = target.limits.ram && !network_.plan.streams.empty();
    for (int tries = 0; must_fit && tries < kMostTries; ++tries) {
      const std::uint64_t taken = ram_bytes(target.board, image.memory);
      if (taken <= room && (tries > 0 || !is_limited)) break;
      const std::uint64_t beside = taken - network_.plan.arena_bytes;
      network_options_.memory.arena_bytes = room > beside ? room - beside : 0;
      const std::uint64_t before = network_.plan.arena_bytes;
      ASSIGN_OR_RETURN(network_, compile_network(model_, network_options_));
      if (network_.plan.arena_bytes == before) break;
      ASSIGN_OR_RETURN(image, build_once(folder));
    }
    TRY(check_fit(target.board, target.limits, image));
    return image;
  }

 private:
  static constexpr int kMostTries = 4;  // the stack may differ a little from plan to plan

  Result<ImageReport> build_once(const fs::path& folder) {
    const emit::Interface interface = emit::make_interface(model_, network_.results, network_.plan);
    ASSIGN_OR_RETURN(
        const emit::Firmware firmware,
        emit::build_firmware(options_.target, interface, network_.plan, network_.object, folder));
    return firmware.image;
  }

  const tflite::Model& model_;
  const BuildOptions& options_;
  NetworkOptions& network_options_;
  Network& network_;
};

}  // namespace

Result<Build> build(const tflite::Model& model, const BuildOptions& options) {
  Build result;
  NetworkOptions network_options{
      options.target.isa,
      options.all_tensors,
      options.offload == "all",
      options.optimize == "size" ? offload::Goal::kSize : offload::Goal::kSpeed,
      options.strip_signedness,
      {},
      options.feed};
  network_options.memory.arena_bytes = options.arena_bytes;
  const emit::Target& target = options.target;
  result.folder = fs::absolute(options.out.value_or(default_folder(model, options)));
  result.elf = result.folder / "firmware.elf";
  const auto old_mark = read_text(result.folder / kMarkFile);
  ASSIGN_OR_RETURN(const std::string key, network_key(model, network_options));
  const std::string made_from =
      fmt::format("{} {} {}{}{}{} ram {} arena {} {:016x}\n", key, target.board.name,
                  target.weights == emit::WeightsPlacement::kData ? "data" : "rodata",
                  target.counts_steps ? " counting steps" : "", target.traces ? " tracing" : "",
                  options.feed ? " fed" : "", target.limits.ram.value_or(0),
                  options.arena_bytes.value_or(0), sources_mark(target.board));
  const std::vector<std::string> files = products(model);
  const auto old_goal = old_mark ? goal_of(*old_mark, made_from) : std::nullopt;
  result.was_current = old_goal && std::ranges::all_of(files, [&](const std::string& file) {
                         return fs::exists(result.folder / file);
                       });
  if (result.was_current) network_options.memory.arena_bytes = old_goal->arena_bytes;
  ASSIGN_OR_RETURN(result.network, compile_network(model, network_options));
  result.arena_bytes = network_options.memory.arena_bytes;
  if (result.was_current) {
    ASSIGN_OR_RETURN(result.image, measure(result.elf, result.folder / "firmware.map"));
    TRY(check_fit(target.board, target.limits, result.image));
    return result;
  }

  std::error_code error;
  if (fs::exists(result.folder) && !fs::is_directory(result.folder)) {
    return fail(ExitCode::kUsage, "{}: is a file; --out wants a folder", result.folder.string());
  }
  ASSIGN_OR_RETURN(const TemporaryFolder work, TemporaryFolder::make(result.folder));
  {
    const Stage stage(fmt::format("building firmware for {}", target.board.name));
    ASSIGN_OR_RETURN(result.image,
                     Fitting(model, options, network_options, result.network).build(work.path()));
    result.arena_bytes = network_options.memory.arena_bytes;
  }
  fs::create_directories(result.folder, error);
  fs::remove(result.folder / kMarkFile, error);
  for (const std::string& file : files) {
    fs::rename(work.path() / file, result.folder / file, error);
    if (error)
      return fail(ExitCode::kToolFailed, "{}: {}", (result.folder / file).string(),
                  error.message());
  }
  TRY(write_text(result.folder / kMarkFile, made_from + goal_text(network_options.memory)));
  return result;
}

}  // namespace thimble
