// See kernel_bench.h.
#include "compiler/cli/kernel_bench.h"

#include <fmt/format.h>

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/bench/kernel.h"
#include "compiler/emit/application.h"
#include "compiler/pipeline/progress.h"
#include "compiler/report/memory.h"
#include "compiler/simulate/qemu.h"

namespace thimble::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kBoard = "qemu-virt";
constexpr const char* kIsa = "rv32imac";
constexpr const char* kApplication = "kernel-benchmark";
constexpr std::uint64_t kMainStack = 1024;

struct Configuration {
  const char* name;
  std::vector<std::string> definitions;
};

// Code and tables of the kernel, and the memory routines that come with it; neither drivers nor
// strings.
std::uint64_t kernel_bytes(const Breakdown& breakdown) {
  std::uint64_t bytes = 0;
  for (const Part part : {Part::kKernel, Part::kSystemSupport}) {
    for (const MemoryKind kind : {MemoryKind::kText, MemoryKind::kRodata})
      bytes += breakdown.total(part, kind);
  }
  return bytes;
}

Result<Json> measure_configuration(const Board& board, const Isa& isa,
                                   const Configuration& configuration) {
  const Stage stage(fmt::format("measuring the {} kernel", configuration.name));
  const fs::path folder =
      source_root() / "build" / "out" /
      fmt::format("{}-{}-{}-{}", kApplication, board.name, isa.name(), configuration.name);
  ASSIGN_OR_RETURN(const fs::path elf,
                   emit::build_application(board, isa, kApplication, configuration.definitions,
                                           kMainStack, folder));
  ASSIGN_OR_RETURN(const ImageReport image, measure(elf, folder / "firmware.map"));
  ASSIGN_OR_RETURN(Qemu qemu, Qemu::start(board, elf));
  ASSIGN_OR_RETURN(const std::string output, qemu.run_to_end());
  return bench::kernel_figures(output, kernel_bytes(image.breakdown));
}

}  // namespace

Result<Outcome> bench_kernel(bool write) {
  ASSIGN_OR_RETURN(const std::vector<bench::KernelAnchor> anchors,
                   bench::read_kernel_anchors(source_root() / "benchmarks" / "anchors.json"));
  ASSIGN_OR_RETURN(const Board board, find_board(kBoard));
  ASSIGN_OR_RETURN(const Isa isa, Isa::parse(kIsa));
  Outcome outcome;
  for (const Configuration& configuration :
       {Configuration{"lean", {}}, Configuration{"safe", {"THIMBLE_SAFE=1"}}}) {
    ASSIGN_OR_RETURN(outcome.json["kernel"][configuration.name],
                     measure_configuration(board, isa, configuration));
  }
  fmt::print("{}", bench::kernel_table(outcome.json["kernel"], anchors));
  if (!write) return outcome;
  TRY(write_text(source_root() / "benchmarks" / "kernel.json", outcome.json.dump(2) + "\n"));
  fmt::print("\nwritten: benchmarks/kernel.json\n");
  return outcome;
}

}  // namespace thimble::cli
