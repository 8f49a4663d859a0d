// See firmware.h.
#include "compiler/emit/firmware.h"

#include <bit>

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/emit/model_objects.h"
#include "compiler/emit/toolchain.h"
#include "compiler/report/elf.h"

namespace thimble::emit {
namespace {

namespace fs = std::filesystem;

constexpr const char* kApplication = "inference";
constexpr const char* kCountSteps = "THIMBLE_PROFILE";        // apps/inference/profile.h
constexpr const char* kTraceEvents = "THIMBLE_TRACE_EVENTS";  // kernel/trace.h
constexpr const char* kFeeds = "THIMBLE_FEED";                // apps/inference/feed.h
constexpr const char* kReset = "_start";     // where the main stack begins to be used
constexpr const char* kTrap = "trap_entry";  // and that of faults
// Of a run: its begin and end, and steps of the clock's high half.
constexpr std::size_t kEventsBesideSteps = 30;
constexpr StackSizes kProvisionalStacks{4096, 512};
constexpr std::uint64_t kStackAlignment = 16;

// The library carries the runtime, so that a foreign firmware needs nothing else of ours.
Status archive(std::vector<fs::path> objects, const std::vector<fs::path>& system,
               const fs::path& library) {
  for (const fs::path& object : system) {
    const std::string folder = object.parent_path().string();
    if (folder.ends_with("/runtime") || folder.find("/microkernels") != std::string::npos)
      objects.push_back(object);
  }
  Command command{"llvm-ar-19", "rcsD", library.string()};
  for (const fs::path& object : objects) {
    // With the folder's name: a microkernel and its reference are called the same.
    const fs::path stripped = library.parent_path() / "model" /
                              fmt::format("library.{}.{}", object.parent_path().filename().string(),
                                          object.filename().string());
    TRY(run_tool({"llvm-objcopy-19", "--remove-section=.riscv.attributes", object.string(),
                  stripped.string()}));
    command.push_back(stripped.string());
  }
  TRY(run_tool(command));
  return {};
}

// The runtime calls through registers, but only what the plan names.
StackOptions callees_of(const plan::Plan& plan) {
  std::vector<std::string> dispatches;
  std::vector<std::string> microkernels;
  for (const plan::Step& step : plan.steps) {
    if (step.kind == plan::StepKind::kDispatch) dispatches.push_back(step.function);
    if (step.kind == plan::StepKind::kMicrokernel) {
      microkernels.push_back(plan.layers[static_cast<std::size_t>(step.layer)].layer.symbol);
    }
  }
  StackOptions options;
  const std::string within = "thimble::runtime::(anonymous namespace)::";
  options.callees[within + "run_dispatch"] = dispatches;
  options.callees[within + "run_microkernel"] = microkernels;
  options.callees["thimble_run"] = {};
  // The first stream of a plan that is fed is run as rows come, and not by the runtime's walker.
  if (plan.feed) options.callees[within + "Feeding::go_on"] = microkernels;
  if (plan.streams.size() > (plan.feed ? 1U : 0U)) {
    options.callees["thimble_run"] = {"thimble_run_stream"};
    options.callees["thimble_run_stream"] = microkernels;
  }
  // Jumps through registers stay within.
  options.callees["thimble_packed_line"] = {};
  return options;
}

// What the system is compiled with for this target.
std::vector<std::string> definitions_of(const Target& target, const plan::Plan& plan) {
  std::vector<std::string> definitions;
  if (target.counts_steps) definitions.emplace_back(kCountSteps);
  if (plan.feed) definitions.emplace_back(kFeeds);
  if (target.traces) {
    std::size_t calls = plan.steps.size();
    for (const plan::Stream& stream : plan.streams) calls += stream.ops.size();  // at most
    const std::size_t events = std::bit_ceil(calls + kEventsBesideSteps);
    definitions.push_back(fmt::format("{}={}", kTraceEvents, events));
  }
  return definitions;
}

}  // namespace

Result<StackNeed> main_stack(const ElfFile& elf, const plan::Plan& plan) {
  return stack_need(elf, kReset, callees_of(plan));
}

Result<Firmware> build_firmware(const Target& target, const Interface& interface,
                                const plan::Plan& plan, const fs::path& object,
                                const fs::path& folder) {
  ASSIGN_OR_RETURN(
      const std::vector<fs::path> system,
      system_objects(target.board, target.isa, kApplication, definitions_of(target, plan),
                     {fmt::format("apps/{}", kApplication)}));
  ASSIGN_OR_RETURN(const ModelObjects model,
                   compile_model(target, interface, plan, object, folder));
  TRY(archive(model.library, system, folder / fmt::format("lib{}.a", interface.name)));

  std::vector<fs::path> objects = system;
  objects.insert(objects.end(), model.library.begin(), model.library.end());
  objects.push_back(model.view);
  TRY(write_text(folder / "memory.ld", memory_ld(target.board)));
  Firmware firmware{folder / "firmware.elf", {}};
  // Linked twice: the code tells how much stack it needs, and its size changes no code.
  const auto link = [&](const StackSizes& stacks) -> Status {
    ASSIGN_OR_RETURN(const Command command,
                     link_command(target.isa, objects, folder, stacks, firmware.elf));
    TRY(run_tool(command));
    return {};
  };
  TRY(link(kProvisionalStacks));
  ASSIGN_OR_RETURN(const ElfFile provisional, ElfFile::open(firmware.elf));
  ASSIGN_OR_RETURN(const StackNeed main, main_stack(provisional, plan));
  ASSIGN_OR_RETURN(const StackNeed trap, stack_need(provisional, kTrap, callees_of(plan)));
  TRY(link(
      {plan::round_up(main.bytes, kStackAlignment), plan::round_up(trap.bytes, kStackAlignment)}));
  ASSIGN_OR_RETURN(firmware.image, measure(firmware.elf, folder / "firmware.map"));
  TRY(run_tool({"llvm-objcopy-19", "-O", "binary", firmware.elf.string(),
                (folder / "firmware.bin").string()}));
  return firmware;
}

}  // namespace thimble::emit
