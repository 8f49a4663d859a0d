// See breakdown.h: how an image is cut into holdings.
#include "compiler/report/breakdown.h"

#include <algorithm>
#include <set>

#include "compiler/report/code.h"
#include "compiler/report/names.h"

namespace thimble {
namespace {

MemoryKind kind_of(const Section& section) {
  if (section.no_bits) {
    return section.name.starts_with(".stack") ? MemoryKind::kStacks : MemoryKind::kBss;
  }
  if (section.executable) return MemoryKind::kText;
  return section.writable ? MemoryKind::kData : MemoryKind::kRodata;
}

// A stretch of one input section, before symbols cut it.
struct Extent {
  std::uint32_t start;
  std::uint32_t end;
  const Placement* placement;  ///< null: between placements, or without a map
};

class Cutter {
 public:
  Cutter(const ElfFile& elf, const std::vector<Placement>* placements)
      : elf_(elf), placements_(placements) {}

  Result<Breakdown> cut() {
    for (std::size_t i = 0; i < elf_.sections().size(); ++i) {
      const Section& section = elf_.sections()[i];
      if (!section.allocated || section.size == 0) continue;
      result_.sections.push_back({section.name, section.address, section.size});
      ASSIGN_OR_RETURN(const std::vector<Extent> extents, extents_of(section));
      for (const Extent& extent : extents)
        cut_extent(section, static_cast<std::uint32_t>(i), extent);
    }
    std::ranges::sort(result_.holdings, {}, &Holding::address);
    return std::move(result_);
  }

 private:
  // Placements in the section, and the gaps between them.
  [[nodiscard]] Result<std::vector<Extent>> extents_of(const Section& section) const {
    const std::uint32_t end = section.address + section.size;
    if (placements_ == nullptr) return std::vector{Extent{section.address, end, nullptr}};
    std::vector<const Placement*> inside;
    for (const Placement& placement : *placements_) {
      if (placement.address - section.address < section.size) inside.push_back(&placement);
    }
    std::ranges::sort(inside, {}, &Placement::address);
    std::vector<Extent> extents;
    std::uint32_t at = section.address;
    for (const Placement* placement : inside) {
      if (placement->address < at || placement->size > end - placement->address) {
        return fail(ExitCode::kUsage, "{}: its map is not of this ELF: {}:({}) does not fit in {}",
                    elf_.path().string(), placement->object, placement->section, section.name);
      }
      if (placement->address > at) extents.push_back({at, placement->address, nullptr});
      at = placement->address + placement->size;
      extents.push_back({placement->address, at, placement});
    }
    if (at < end) extents.push_back({at, end, nullptr});
    return extents;
  }

  void cut_extent(const Section& section, std::uint32_t index, const Extent& extent) {
    const MemoryKind kind = kind_of(section);
    std::uint32_t at = extent.start;
    const bool gap_of_map = placements_ != nullptr && extent.placement == nullptr;
    const auto first = std::ranges::lower_bound(elf_.symbols(), at, {}, &Symbol::address);
    for (auto symbol = first; !gap_of_map && symbol != elf_.symbols().end(); ++symbol) {
      if (symbol->address >= extent.end) break;
      if (symbol->section != index || symbol->address < at) continue;
      std::uint32_t size = std::min(symbol->size, extent.end - symbol->address);
      if (size == 0) {
        // A label of assembly reaches to the next one. In data it may be a mark of the linker's.
        if (!section.executable) continue;
        size = next_label(symbol, extent.end) - symbol->address;
        if (size == 0) continue;
      }
      if (symbol->address > at) add_unnamed(section, extent, at, symbol->address);
      add(demangle(symbol->name), symbol->name, *symbol, extent, kind, symbol->address, size);
      at = symbol->address + size;
    }
    if (at < extent.end) add_unnamed(section, extent, at, extent.end);
  }

  [[nodiscard]] std::uint32_t next_label(std::vector<Symbol>::const_iterator symbol,
                                         std::uint32_t end) const {
    const std::uint32_t start = symbol->address;
    for (++symbol; symbol != elf_.symbols().end() && symbol->address < end; ++symbol) {
      if (symbol->address > start || symbol->size > 0) return symbol->address;
    }
    return end;
  }

  void add(std::string name, const std::string& symbol, const Symbol& from, const Extent& extent,
           MemoryKind kind, std::uint32_t address, std::uint32_t size) {
    const bool constant = kind == MemoryKind::kRodata || kind == MemoryKind::kData;
    const std::string& object = extent.placement != nullptr ? extent.placement->object : from.file;
    const Part part = extent.placement != nullptr ? part_of_object(object, constant)
                                                  : part_of_symbol(symbol, constant);
    result_.holdings.push_back({std::move(name), object, part, kind, address, size});
  }

  // Bytes that no symbol covers.
  void add_unnamed(const Section& section, const Extent& extent, std::uint32_t start,
                   std::uint32_t end) {
    constexpr std::uint32_t kMostAlignment = 64;
    const MemoryKind kind = kind_of(section);
    if (extent.placement != nullptr) {
      const bool constant = kind == MemoryKind::kRodata || kind == MemoryKind::kData;
      const std::string& object = extent.placement->object;
      result_.holdings.push_back({extent.placement->section, object,
                                  part_of_object(object, constant), kind, start, end - start});
      return;
    }
    Part part = placements_ != nullptr ? Part::kPadding : Part::kOther;
    if (kind == MemoryKind::kStacks) part = Part::kStacks;
    if (part == Part::kOther && end - start < kMostAlignment && all_zero(section, start, end)) {
      part = Part::kPadding;
    }
    result_.holdings.push_back({section.name, "", part, kind, start, end - start});
  }

  [[nodiscard]] bool all_zero(const Section& section, std::uint32_t start,
                              std::uint32_t end) const {
    if (section.no_bits) return true;
    const auto bytes = elf_.bytes(section).subspan(start - section.address, end - start);
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
  }

  const ElfFile& elf_;
  const std::vector<Placement>* placements_;
  Breakdown result_;
};

bool is_model_code(Part part) {
  return part == Part::kGeneratedCode || part == Part::kMicrokernels || part == Part::kPlan;
}

// Gives the model what its code reaches of the support routines, through these themselves too.
void attribute_support(const ElfFile& elf, Breakdown& breakdown) {
  const std::vector<Function> functions = analyze_code(elf);
  std::vector<Holding>& holdings = breakdown.holdings;
  const auto holding_at = [&](std::uint32_t address) -> Holding* {
    auto after = std::ranges::upper_bound(holdings, address, {}, &Holding::address);
    if (after == holdings.begin()) return nullptr;
    --after;
    return address - after->address < after->size ? &*after : nullptr;
  };
  std::vector<std::uint32_t> pending;
  for (const Holding& holding : holdings) {
    if (is_model_code(holding.part)) pending.push_back(holding.address);
  }
  while (!pending.empty()) {
    const Function* function = function_at(functions, pending.back());
    pending.pop_back();
    if (function == nullptr) continue;
    std::vector<std::uint32_t> uses = function->references;
    for (const Call& call : function->calls) {
      if (call.target) uses.push_back(*call.target);
    }
    for (const std::uint32_t address : uses) {
      Holding* used = holding_at(address);
      if (used == nullptr || used->part != Part::kSystemSupport) continue;
      used->part = Part::kModelSupport;
      pending.push_back(used->address);
    }
  }
}

}  // namespace

std::string_view memory_kind_name(MemoryKind kind) {
  constexpr std::string_view kNames[kMemoryKindCount] = {"text", "rodata", "data", "bss", "stacks"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::uint64_t Breakdown::total(Part part, MemoryKind kind) const {
  std::uint64_t total = 0;
  for (const Holding& holding : holdings) {
    if (holding.part == part && holding.kind == kind) total += holding.size;
  }
  return total;
}

std::uint64_t Breakdown::total(MemoryKind kind) const {
  std::uint64_t total = 0;
  for (const Holding& holding : holdings) total += holding.kind == kind ? holding.size : 0;
  return total;
}

Result<Breakdown> break_down(const ElfFile& elf, const std::vector<Placement>* placements) {
  ASSIGN_OR_RETURN(Breakdown breakdown, Cutter(elf, placements).cut());
  attribute_support(elf, breakdown);
  return breakdown;
}

}  // namespace thimble
