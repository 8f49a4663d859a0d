// Which part of the firmware an object file or a symbol belongs to: the tables of breakdown.h.
#include <algorithm>
#include <filesystem>
#include <utility>

#include "compiler/report/breakdown.h"
#include "compiler/report/names.h"

namespace thimble {
namespace {

constexpr std::pair<std::string_view, Part> kFolders[] = {
    {"kernel", Part::kKernel},       {"drivers", Part::kDrivers},
    {"runtime", Part::kRuntime},     {"microkernels", Part::kMicrokernels},
    {"apps", Part::kApplication},    {"frontend", Part::kApplication},
    {"boards", Part::kBoard},        {"shell", Part::kApplication},
    {"model", Part::kGeneratedCode},
};

// The kernel's memcpy and its like serve whoever calls them.
constexpr std::string_view kMemoryRoutines = "kernel/memory.cc";

constexpr std::string_view kSupportArchives[] = {"libgcc.a", "libc.a", "libm.a",
                                                 "libclang_rt.builtins-riscv32.a"};

constexpr std::pair<std::string_view, Part> kPrefixes[] = {
    {"thimble::kernel::", Part::kKernel},
    {"thimble::time::", Part::kKernel},
    {"thimble::uart::", Part::kDrivers},
    {"thimble::drivers::", Part::kDrivers},
    {"thimble::runtime::", Part::kRuntime},
    {"thimble::microkernels::", Part::kMicrokernels},
    {"thimble::inference::", Part::kApplication},
    {"thimble::model::", Part::kPlan},
    {"thimble_run", Part::kRuntime},
    {"kernel_", Part::kKernel},
};

constexpr std::string_view kSupportRoutines[] = {"memcpy", "memset", "memmove", "memcmp", "strlen"};

// Of what `compile` makes for a model: "plan.cc.o", "model_view.cc.o", "constants.S.o"; the rest is
// what IREE made.
Part part_of_model(std::string_view file, bool constant) {
  if (file.starts_with("plan") || file.starts_with("model_view")) return Part::kPlan;
  if (file.starts_with("constants") || constant) return Part::kWeights;
  return Part::kGeneratedCode;
}

// Members of lib<model>.a, linked into a firmware that is not ours.
Part part_of_member(std::string_view archive, std::string_view member, bool constant) {
  constexpr std::string_view kPrefix = "library.";
  if (!member.starts_with(kPrefix)) return Part::kOther;
  member.remove_prefix(kPrefix.size());
  const bool is_model = member.starts_with("plan") || member.starts_with("constants") ||
                        archive == fmt::format("lib{}.a", member.substr(0, member.rfind('.')));
  return is_model ? part_of_model(member, constant) : Part::kRuntime;
}

}  // namespace

std::string_view part_name(Part part) {
  constexpr std::string_view kNames[kPartCount] = {
      "kernel",         "drivers",        "runtime", "microkernels", "application",
      "board",          "generated code", "plan",    "weights",      "model support",
      "system support", "linker",         "stacks",  "other",        "padding"};
  return kNames[static_cast<std::size_t>(part)];
}

Part part_of_object(std::string_view object, bool constant) {
  if (object == "<internal>") return Part::kLinker;
  // "folder/libx.a(member.o)" is member.o in folder.
  std::string_view member;
  std::string archive;
  if (const auto open = object.rfind('(');
      open != std::string_view::npos && object.ends_with(')')) {
    member = object.substr(open + 1, object.size() - open - 2);
    object = object.substr(0, open);
    archive = std::filesystem::path(object).filename().string();
    if (std::ranges::find(kSupportArchives, archive) != std::end(kSupportArchives)) {
      return Part::kSystemSupport;
    }
  }
  if (const Part part = part_of_member(archive, member, constant); part != Part::kOther) {
    return part;
  }
  const std::filesystem::path path(object);
  const std::string file = member.empty() ? path.filename().string() : std::string(member);
  if (object.find(kMemoryRoutines) != std::string_view::npos) return Part::kSystemSupport;
  // The innermost folder that means something: the tree may itself stand in a folder named so.
  const std::filesystem::path folders = path.parent_path();
  for (auto folder = folders.end(); folder != folders.begin();) {
    --folder;
    const auto found =
        std::ranges::find(kFolders, folder->string(), &std::pair<std::string_view, Part>::first);
    if (found == std::end(kFolders)) continue;
    return found->second == Part::kGeneratedCode ? part_of_model(file, constant) : found->second;
  }
  return Part::kOther;
}

Part part_of_symbol(const std::string& symbol, bool constant) {
  const std::string name = demangle(symbol);
  const auto prefix = std::ranges::find_if(
      kPrefixes, [&](const auto& entry) { return name.starts_with(entry.first); });
  if (prefix != std::end(kPrefixes)) return prefix->second;
  if (name.find("_dispatch_") != std::string::npos) {
    return constant ? Part::kWeights : Part::kGeneratedCode;
  }
  if (std::ranges::find(kSupportRoutines, name) != std::end(kSupportRoutines)) {
    return Part::kSystemSupport;
  }
  // libgcc's names: __muldf3, __adddf3, __divdi3, __clzsi2, __floatsidf, ...
  constexpr std::string_view kModes[] = {"sf2",  "df2",  "si2",  "di2",  "sf3",
                                         "df3",  "si3",  "di3",  "sidf", "sisf",
                                         "didf", "disf", "dfsi", "sfsi", "dfdi"};
  if (name.starts_with("__") &&
      std::ranges::any_of(kModes, [&](std::string_view mode) { return name.ends_with(mode); })) {
    return Part::kSystemSupport;
  }
  return Part::kOther;
}

}  // namespace thimble
