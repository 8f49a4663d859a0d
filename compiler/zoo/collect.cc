// See sweep.h: results of the steps, with what the firmware itself tells of its parts.
#include <algorithm>
#include <charconv>

#include "compiler/base/file.h"
#include "compiler/report/memory.h"
#include "compiler/zoo/sweep.h"

namespace thimble::zoo {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// The parts of a firmware as the report draws them. What stands in none is "other".
struct Group {
  const char* name;
  std::vector<Part> parts;
};
const std::vector<Group>& groups() {
  static const std::vector<Group> all{{"kernel", {Part::kKernel}},
                                      {"drivers", {Part::kDrivers, Part::kBoard}},
                                      {"runtime", {Part::kRuntime}},
                                      {"application", {Part::kApplication}},
                                      {"microkernels", {Part::kMicrokernels}},
                                      {"generated code", {Part::kGeneratedCode}},
                                      {"plan", {Part::kPlan}},
                                      {"libraries", {Part::kModelSupport, Part::kSystemSupport}},
                                      {"weights", {Part::kWeights}}};
  return all;
}

Json flash_parts(const ImageReport& image) {
  Json parts;
  std::uint64_t rest = image.memory.flash;
  for (const Group& group : groups()) {
    std::uint64_t bytes = 0;
    for (const Part part : group.parts) {
      for (const MemoryKind kind : {MemoryKind::kText, MemoryKind::kRodata, MemoryKind::kData})
        bytes += image.breakdown.total(part, kind);
    }
    parts[group.name] = bytes;
    rest -= bytes;
  }
  parts["other"] = rest;
  return parts;
}

Json ram_parts(const MemoryReport& memory) {
  return {{"data", memory.data},
          {"bss", memory.bss - memory.arena},
          {"stacks", memory.stacks},
          {"arena", memory.arena}};
}

// Routines of libgcc in the image, by the linker's map: floating point where the core has none, and
// wide division.
Json soft_float(const Breakdown& breakdown) {
  std::vector<std::string> names;
  std::uint64_t bytes = 0;
  for (const Holding& holding : breakdown.holdings) {
    if (holding.object.find("libgcc.a") == std::string::npos) continue;
    bytes += holding.size;
    if (!holding.name.starts_with('.')) names.push_back(holding.name);
  }
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return {{"bytes", bytes}, {"symbols", names}};
}

Status add_image(const fs::path& folder, Json& json) {
  ASSIGN_OR_RETURN(const ImageReport image,
                   measure(folder / "firmware.elf", folder / "firmware.map"));
  json["flash_parts"] = flash_parts(image);
  json["ram_parts"] = ram_parts(image.memory);
  json["sections"] = thimble::to_json(image.breakdown.sections);
  json["soft_float"] = soft_float(image.breakdown);
  return {};
}

int exit_code_of(const fs::path& file) {
  const auto text = read_text(file);
  int code = 1;
  if (text) std::from_chars(text->data(), text->data() + text->size(), code);
  return code;
}

// The tool's own line about what went wrong.
std::string complaint(const fs::path& log) {
  constexpr std::string_view kStart = "thimble: ";
  const auto text = read_text(log);
  if (!text) return "it was not run";
  const std::size_t at = text->rfind(kStart);
  if (at == std::string::npos) return fmt::format("it ended without a word; see {}", log.string());
  const std::size_t start = at + kStart.size();
  return text->substr(start, std::min(text->find('\n', start), text->size()) - start);
}

// What a step wrote, if it did; a failure of it goes to `failures`.
Json read_step(const fs::path& folder, const char* step, Json& failures) {
  const int code = exit_code_of(folder / fmt::format("{}.code", step));
  const auto text = read_text(folder / fmt::format("{}.json", step));
  Json json = text ? Json::parse(*text, nullptr, false) : Json();
  if (!json.is_object()) json = nullptr;
  if (code != 0 || json.is_null()) {
    failures.push_back({{"step", step},
                        {"code", code},
                        {"message", complaint(folder / fmt::format("{}.log", step))}});
  }
  return json;
}

Json collect_one(const Sweep& sweep, const Configuration& one) {
  const fs::path folder = sweep.folder / one.key();
  Json failures = Json::array();
  Json json = read_step(folder, "validate", failures);
  if (json.is_null()) {
    json = one.to_json();
  } else {
    json.update(one.to_json());  // also what the contract does not name, and the zoo's own name
    if (const Status added = add_image(folder, json); !added)
      failures.push_back({{"step", "size"},
                          {"code", static_cast<int>(added.error().code)},
                          {"message", added.error().message}});
    const auto add = [&](const char* step, const char* key) {
      const Json more = read_step(folder, step, failures);
      if (more.is_object() && more.contains(key)) json[key] = more[key];
    };
    if (one.scored) add("score", "accuracy");
    if (one.profiled) add("profile", "layers");
    if (one.profiled) add("plan", "plan");
  }
  const auto board = std::ranges::find(sweep.boards, one.board, &Board::name);
  json["layout"] = board->layout == Layout::kXip ? "xip" : "ram";
  if (!failures.empty()) json["failures"] = failures;
  return json;
}

}  // namespace

Result<Json> collect(const Sweep& sweep) {
  Json list = Json::array();
  for (const Configuration& one : sweep.configurations) list.push_back(collect_one(sweep, one));
  return list;
}

}  // namespace thimble::zoo
