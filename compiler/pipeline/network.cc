// See network.h. A cache entry is a folder, renamed into place when it is complete.
#include "compiler/pipeline/network.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/base/file.h"
#include "compiler/base/lock.h"
#include "compiler/base/process.h"
#include "compiler/iree/compile.h"
#include "compiler/iree/recorder.h"
#include "compiler/offload/offload.h"
#include "compiler/pipeline/progress.h"
#include "compiler/tosa/program.h"

namespace thimble {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::uint64_t hash_file(const fs::path& path, std::uint64_t seed) {
  const auto bytes = read_file(path);
  return bytes ? content_hash(*bytes, seed) : seed;
}

std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
  return content_hash({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, seed);
}

struct Entry {
  iree::Compiled compiled;
  std::vector<int> results;
  offload::Offloaded offloaded;
};

std::string to_text(const Entry& entry) {
  json accesses = json::object();
  for (const auto& [function, kinds] : entry.compiled.accesses) {
    for (const iree::Access kind : kinds) accesses[function].push_back(static_cast<int>(kind));
  }
  return json{{"results", entry.results},
              {"accesses", accesses},
              {"names", entry.compiled.names},
              {"layers", entry.offloaded.layers},
              {"refusals", entry.offloaded.refusals}}
      .dump();
}

Result<Entry> read_entry(const fs::path& folder, const std::string& name) {
  ASSIGN_OR_RETURN(const std::string text, read_text(folder / "entry.json"));
  try {
    const json root = json::parse(text);
    Entry entry{{folder / (name + ".o"),
                 folder / (name + ".vmfb"),
                 {},
                 root.at("names").get<iree::NameMap>()},
                root.at("results").get<std::vector<int>>(),
                {root.at("layers").get<std::vector<offload::Layer>>(),
                 root.at("refusals").get<std::vector<offload::Refusal>>()}};
    for (const auto& [function, kinds] : root.at("accesses").items()) {
      std::vector<iree::Access>& list = entry.compiled.accesses[function];
      for (const int kind : kinds.get<std::vector<int>>())
        list.push_back(static_cast<iree::Access>(kind));
    }
    return entry;
  } catch (const json::exception&) {
    return fail(ExitCode::kToolFailed, "{}: damaged; remove this folder", folder.string());
  }
}

// Measured: docs/architecture.md, "Compiling with IREE". IREE's own choice is for vector units.
iree::Width width_of(const NetworkOptions& options) {
  if (options.goal == offload::Goal::kSize) return 2;
  return options.isa.has('v') ? iree::Width() : 8;
}

Result<Entry> compile(const tflite::Model& model, const NetworkOptions& options,
                      const fs::path& folder) {
  const std::string suffix = options.all_tensors ? ", returning every tensor" : "";
  tosa::Program program;
  offload::Offloaded offloaded;
  {
    const Stage stage("importing " + model.name);
    ASSIGN_OR_RETURN(program, tosa::import(model, folder, options.strip_signedness));
    if (options.all_tensors) tosa::return_all_tensors(program, model);
    if (options.offload) {
      ASSIGN_OR_RETURN(offloaded, offload::offload(program.module, model.name, options.goal));
    }
    tosa::prepare_for_iree(program);
  }
  const Stage stage("compiling with IREE" + suffix);
  ASSIGN_OR_RETURN(iree::Compiled compiled, iree::compile(mlir::print(program.module), model.name,
                                                          options.isa, width_of(options), folder));
  return Entry{std::move(compiled), std::move(program.results), std::move(offloaded)};
}

Result<Entry> find_or_compile(const tflite::Model& model, const NetworkOptions& options,
                              const std::string& key) {
  const fs::path place = source_root() / "build" / "cache" / key;
  if (fs::exists(place / "entry.json")) return read_entry(place, model.name);
  std::error_code ignored;
  fs::create_directories(place.parent_path(), ignored);
  // IREE takes long: calls that want the same wait for the first.
  const FileLock lock(place.parent_path() / (key + ".lock"));
  if (fs::exists(place / "entry.json")) return read_entry(place, model.name);
  ASSIGN_OR_RETURN(const TemporaryFolder work, TemporaryFolder::make(place));
  ASSIGN_OR_RETURN(const Entry entry, compile(model, options, work.path()));
  for (const char* intermediate : {"canonical.tflite", "tosa.mlirbc"})
    fs::remove(work.path() / intermediate, ignored);
  TRY(write_text(work.path() / "entry.json", to_text(entry)));
  std::error_code error;
  fs::rename(work.path(), place, error);  // fails if another call was faster, which is as good
  return read_entry(place, model.name);
}

// Of an image or a sequence in a batch of one; 0 where the shape tells none.
int input_rows(const tflite::Model& model) {
  if (model.inputs.size() != 1) return 0;
  const std::vector<int>& shape = model.tensors[static_cast<std::size_t>(model.inputs[0])].shape;
  return shape.size() >= 3 && shape[1] > 1 ? shape[1] : 0;
}

}  // namespace

std::uint64_t tool_mark() {
  static const std::uint64_t mark = [] {
    std::uint64_t hash = hash_file("/proc/self/exe", 1);
    for (const char* file : {"compiler/tflite/canonical.py", "scripts/requirements.txt"}) {
      hash = hash_file(source_root() / file, hash);
    }
    return hash;
  }();
  return mark;
}

Result<std::string> network_key(const tflite::Model& model, const NetworkOptions& options) {
  ASSIGN_OR_RETURN(const Bytes content, read_file(model.path));
  std::uint64_t hash = content_hash(content, tool_mark());
  hash = hash_text(
      fmt::format("{} {} {} {} {} {}", model.name, options.isa.name(), options.all_tensors,
                  options.offload, static_cast<int>(options.goal), options.strip_signedness),
      hash);
  return fmt::format("{}-{:016x}", model.name, hash);
}

Result<Network> compile_network(const tflite::Model& model, const NetworkOptions& options) {
  ASSIGN_OR_RETURN(const std::string key, network_key(model, options));
  ASSIGN_OR_RETURN(const Entry entry, find_or_compile(model, options, key));
  ASSIGN_OR_RETURN(const Bytes schedule, read_file(entry.compiled.schedule));
  ASSIGN_OR_RETURN(const iree::BytecodeModule module,
                   iree::read_module(schedule, entry.compiled.schedule.string()));
  std::vector<std::uint64_t> input_bytes;
  input_bytes.reserve(model.inputs.size());
  for (const int input : model.inputs)
    input_bytes.push_back(model.tensors[static_cast<std::size_t>(input)].bytes());
  ASSIGN_OR_RETURN(iree::Trace trace, iree::record(module, model.name, input_bytes));
  if (trace.outputs.size() != entry.results.size()) {
    return fail(ExitCode::kToolFailed,
                "{}: the compiled program returns {} tensors, {} were wanted", model.path.string(),
                trace.outputs.size(), entry.results.size());
  }
  plan::Goal goal = options.memory;
  if (options.feed) goal.fed_rows = input_rows(model);
  ASSIGN_OR_RETURN(plan::Plan plan, plan::make_plan(std::move(trace), entry.compiled.accesses,
                                                    entry.offloaded.layers, input_bytes, goal));
  return Network{entry.compiled.object,    std::move(plan),      entry.results,
                 entry.offloaded.refusals, entry.compiled.names, key};
}

}  // namespace thimble
