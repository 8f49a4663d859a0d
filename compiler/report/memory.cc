// See memory.h.
#include "compiler/report/memory.h"

#include <algorithm>

#include "compiler/report/elf.h"
#include "compiler/report/linker_map.h"

namespace thimble {
namespace {

BerkeleySize berkeley_of(const ElfFile& elf) {
  BerkeleySize size;
  for (const Section& section : elf.sections()) {
    if (!section.allocated) continue;
    if (section.executable || !section.writable) {
      size.text += section.size;
    } else if (section.no_bits) {
      size.bss += section.size;
    } else {
      size.data += section.size;
    }
  }
  return size;
}

// The share of a part in the load image.
std::uint64_t flash_of(const Breakdown& breakdown, Part part) {
  return breakdown.total(part, MemoryKind::kText) + breakdown.total(part, MemoryKind::kRodata) +
         breakdown.total(part, MemoryKind::kData);
}

bool in_flash(MemoryKind kind) {
  return kind <= MemoryKind::kData;
}
bool in_ram(MemoryKind kind) {
  return kind >= MemoryKind::kData;
}

// "weights 80500, generated code 20312, kernel 3100": the largest parts of what `counts`.
std::string largest_parts(const Breakdown& breakdown, bool (*counts)(MemoryKind)) {
  constexpr std::size_t kNamed = 4;
  std::vector<std::pair<std::uint64_t, Part>> parts;
  for (std::size_t i = 0; i < kPartCount; ++i) {
    std::uint64_t bytes = 0;
    for (std::size_t kind = 0; kind < kMemoryKindCount; ++kind) {
      if (!counts(static_cast<MemoryKind>(kind))) continue;
      bytes += breakdown.total(static_cast<Part>(i), static_cast<MemoryKind>(kind));
    }
    if (bytes > 0) parts.emplace_back(bytes, static_cast<Part>(i));
  }
  std::ranges::sort(parts, std::greater{}, &std::pair<std::uint64_t, Part>::first);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < std::min(kNamed, parts.size()); ++i) {
    const auto [bytes, part] = parts[i];
    // The plan's variables are the arena.
    const bool has_arena = part == Part::kPlan && counts(MemoryKind::kBss);
    texts.push_back(fmt::format("{} {}", has_arena ? "arena and plan" : part_name(part), bytes));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace

Result<ImageReport> measure(const std::filesystem::path& path,
                            const std::optional<std::filesystem::path>& map) {
  ASSIGN_OR_RETURN(const ElfFile elf, ElfFile::open(path));
  std::vector<Placement> placements;
  if (map) {
    ASSIGN_OR_RETURN(placements, read_linker_map(*map));
  }
  ImageReport report;
  ASSIGN_OR_RETURN(report.breakdown, break_down(elf, map ? &placements : nullptr));
  const Breakdown& parts = report.breakdown;
  MemoryReport& memory = report.memory;
  memory.text = parts.total(MemoryKind::kText);
  memory.rodata = parts.total(MemoryKind::kRodata);
  memory.data = parts.total(MemoryKind::kData);
  memory.bss = parts.total(MemoryKind::kBss);
  memory.stacks = parts.total(MemoryKind::kStacks);
  memory.flash = memory.text + memory.rodata + memory.data;
  memory.ram = memory.data + memory.bss + memory.stacks;
  memory.weights = flash_of(parts, Part::kWeights);
  for (const Part part : {Part::kPlan, Part::kGeneratedCode, Part::kWeights}) {
    memory.arena += parts.total(part, MemoryKind::kBss);
  }
  for (const Part part :
       {Part::kGeneratedCode, Part::kMicrokernels, Part::kPlan, Part::kModelSupport}) {
    memory.model_code += flash_of(parts, part);
  }
  memory.system_code =
      memory.flash - memory.weights - memory.model_code - flash_of(parts, Part::kPadding);
  memory.berkeley = berkeley_of(elf);
  return report;
}

nlohmann::ordered_json to_json(const MemoryReport& memory) {
  nlohmann::ordered_json json{{"text", memory.text},
                              {"rodata", memory.rodata},
                              {"data", memory.data},
                              {"bss", memory.bss},
                              {"stacks", memory.stacks},
                              {"flash", memory.flash},
                              {"ram", memory.ram},
                              {"weights", memory.weights},
                              {"arena", memory.arena},
                              {"model_code", memory.model_code},
                              {"system_code", memory.system_code}};
  if (memory.stack_peak) json["stack_peak"] = *memory.stack_peak;
  json["berkeley"] = {
      {"text", memory.berkeley.text}, {"data", memory.berkeley.data}, {"bss", memory.berkeley.bss}};
  return json;
}

std::uint64_t ram_bytes(const Board& board, const MemoryReport& memory) {
  return board.layout == Layout::kRam ? memory.flash + memory.bss + memory.stacks : memory.ram;
}

Status check_fit(const Board& board, const Limits& limits, const ImageReport& image) {
  const Capacity room = capacity(board, limits);
  const MemoryReport& memory = image.memory;
  const bool all_in_ram = board.layout == Layout::kRam;
  std::vector<std::string> problems;
  const auto check = [&](std::string_view what, std::uint64_t need, std::string_view needed,
                         std::uint64_t have, bool (*counts)(MemoryKind)) {
    if (need <= have) return;
    problems.push_back(fmt::format(
        "{} of {} is exceeded by {} bytes ({} {}, {} there; largest: {})", what, board.name,
        need - have, need, needed, have, largest_parts(image.breakdown, counts)));
  };
  if (room.flash) check("flash", memory.flash, "needed", *room.flash, in_flash);
  bool (*const all)(MemoryKind) = [](MemoryKind) { return true; };
  // The plan of a firmware that does not fit is the smallest that was found.
  check("RAM", ram_bytes(board, memory), "needed at least", room.ram, all_in_ram ? all : in_ram);
  if (problems.empty()) return {};
  return fail(ExitCode::kDoesNotFit, "{}", fmt::join(problems, "; "));
}

}  // namespace thimble
