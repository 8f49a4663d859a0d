// thimble bench kernel: what the kernel's operations cost, in instructions, lean and safe, beside
// the goals.
#include <fmt/format.h>

#include <array>
#include <map>
#include <sstream>

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/cli/verbs.h"
#include "compiler/emit/toolchain.h"
#include "compiler/report/memory.h"
#include "compiler/simulate/qemu.h"

namespace thimble::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kApplication = "kernel-benchmark";
constexpr const char* kBoard = "qemu-virt";
constexpr std::uint64_t kMainStack = 512;

// A row of the result; the goal is for the lean kernel. What the firmware does not say is 0.
struct Row {
  const char* key;
  const char* meaning;
  std::uint32_t goal;
};
constexpr std::array kRows{
    Row{"yield", "yield, one way", 70},
    Row{"give_take", "semaphore: give, until a more urgent task's take returns", 130},
    Row{"mutex_lock", "mutex with priority inheritance: lock, nobody there", 25},
    Row{"mutex_unlock", "the same: unlock, nobody waits", 25},
    Row{"queue_send", "queue: send 4 bytes, nobody waits", 35},
    Row{"queue_receive", "queue: receive 4 bytes, nobody waits", 35},
    Row{"queue_send_wake", "queue: send 4 bytes, until a more urgent task has it", 150},
    Row{"irq_task", "interrupt, semaphore, until the task runs", 180},
    Row{"tick", "tick that wakes nobody (there is none)", 80},
    Row{"text", "code and constants of the kernel, bytes", 6000},
    Row{"tcb", "task, bytes", 64},
    Row{"semaphore", "semaphore, bytes", 8},
    Row{"mutex", "mutex, bytes", 16},
};

using Figures = std::map<std::string, std::uint64_t>;

// Lines "name least most" or "name value". Least and most must agree.
Result<Figures> read_figures(const std::string& output) {
  Figures figures;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    std::uint64_t least = 0;
    if (!(words >> name >> least)) continue;
    std::uint64_t most = least;
    words >> most;
    if (most != least) {
      return fail(ExitCode::kToolFailed, "{}: {} takes {} to {} instructions, not always the same",
                  kApplication, name, least, most);
    }
    figures[name] = most;
  }
  if (output.find("BENCHMARK DONE") == std::string::npos) {
    return fail(ExitCode::kToolFailed, "{}: it did not come to its end", kApplication);
  }
  return figures;
}

Result<Figures> measure_kernel(const Board& board, bool safe) {
  ASSIGN_OR_RETURN(const Isa isa, Isa::parse(board.isa));
  std::vector<std::string> definitions;
  if (safe) definitions.emplace_back("THIMBLE_SAFE=1");
  ASSIGN_OR_RETURN(const std::vector<fs::path> objects,
                   emit::system_objects(board, isa, kApplication, definitions));
  const fs::path folder =
      source_root() / "build" / "out" / fmt::format("{}-{}", kApplication, safe ? "safe" : "lean");
  TRY(write_text(folder / "memory.ld", memory_ld(board)));
  const fs::path elf = folder / "firmware.elf";
  ASSIGN_OR_RETURN(const Command command,
                   emit::link_command(isa, objects, folder, kMainStack, elf));
  TRY(run_tool(command));
  ASSIGN_OR_RETURN(const ImageReport image, measure(elf, folder / "firmware.map"));
  ASSIGN_OR_RETURN(Qemu qemu, Qemu::start(board, elf));
  ASSIGN_OR_RETURN(const std::string output, qemu.run_to_end());
  ASSIGN_OR_RETURN(Figures figures, read_figures(output));
  figures["text"] = image.breakdown.total(Part::kKernel, MemoryKind::kText) +
                    image.breakdown.total(Part::kKernel, MemoryKind::kRodata);
  return figures;
}

nlohmann::ordered_json to_json(const Figures& figures) {
  nlohmann::ordered_json json;
  for (const Row& row : kRows) {
    const auto found = figures.find(row.key);
    json[row.key] = found == figures.end() ? 0 : found->second;
  }
  return json;
}

Result<Outcome> run_bench_kernel() {
  ASSIGN_OR_RETURN(const Board board, find_board(kBoard));
  ASSIGN_OR_RETURN(const Figures lean, measure_kernel(board, false));
  ASSIGN_OR_RETURN(const Figures safe, measure_kernel(board, true));
  Outcome outcome;
  outcome.json["kernel"] = {{"lean", to_json(lean)}, {"safe", to_json(safe)}};
  fmt::print("The kernel on {}, {}: instructions, 30 times the same each.\n{:<60}{:>6}{:>6}{:>6}\n",
             board.name, board.isa, "", "goal", "lean", "safe");
  for (const Row& row : kRows) {
    fmt::print("{:<60}{:>6}{:>6}{:>6}\n", row.meaning, row.goal,
               outcome.json["kernel"]["lean"][row.key].get<std::uint64_t>(),
               outcome.json["kernel"]["safe"][row.key].get<std::uint64_t>());
  }
  return outcome;
}

}  // namespace

Verb bench_kernel_verb(CLI::App& app) {
  Verb verb = make_verb(*app.get_subcommand("bench"), "kernel",
                        "Measure the kernel's operations in instructions, lean and safe");
  verb.action = run_bench_kernel;
  return verb;
}

}  // namespace thimble::cli
