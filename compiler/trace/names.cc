// See names.h. The target's structures are read as the compiler for riscv32 lays them out.
#include "compiler/trace/names.h"

#include <algorithm>

#include "compiler/report/names.h"

namespace thimble::trace {
namespace {

constexpr std::uint32_t kLowBits = 24;
// runtime/plan.h: of a Plan, its steps come first; of a Step, the kind, and its function.
constexpr std::uint32_t kStepBytes = 32;
constexpr std::uint32_t kStepFunction = 16;
constexpr const char* kStepKinds[] = {"dispatch", "microkernel", "fill", "copy"};

}  // namespace

std::optional<std::uint32_t> Names::whole(std::uint32_t low) const {
  for (const Section& section : elf_.sections()) {
    if (!section.allocated) continue;
    const std::uint32_t distance = (low - section.address) & ((1U << kLowBits) - 1);
    if (distance < section.size) return section.address + distance;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> Names::word(std::uint32_t address) const {
  const Section* const section = elf_.section_at(address);
  if (section == nullptr) return std::nullopt;
  const auto bytes = elf_.bytes(*section);
  const std::size_t at = address - section->address;
  if (at + 4 > bytes.size()) return std::nullopt;
  return bytes[at] | std::uint32_t{bytes[at + 1]} << 8U | std::uint32_t{bytes[at + 2]} << 16U |
         std::uint32_t{bytes[at + 3]} << 24U;
}

std::optional<std::string> Names::string(std::uint32_t address) const {
  const Section* const section = elf_.section_at(address);
  if (section == nullptr) return std::nullopt;
  const auto bytes = elf_.bytes(*section);
  const std::size_t at = address - section->address;
  if (at >= bytes.size()) return std::nullopt;
  const auto rest = bytes.subspan(at);
  return std::string(rest.begin(), std::ranges::find(rest, 0));
}

std::string Names::symbol(std::uint32_t address) const {
  const auto found = std::ranges::find_if(elf_.symbols(), [&](const Symbol& symbol) {
    return symbol.address == address && symbol.kind != SymbolKind::kNone;
  });
  if (found == elf_.symbols().end()) return fmt::format("{:08x}", address);
  return std::string(without_parameters(demangle(found->name)));
}

std::string Names::task(std::uint32_t config) const {
  if (config == 0) return "idle";
  const auto address = whole(config);
  if (!address) return fmt::format("task {:06x}", config);
  const auto name = word(*address);  // the first field of a TaskConfig
  const auto known = name ? string(*name) : std::nullopt;
  return known ? *known : symbol(*address);
}

std::string Names::model(std::uint32_t plan) const {
  constexpr std::string_view kScope = "thimble::model::";
  constexpr std::string_view kPlan = "::kPlan";
  const auto address = whole(plan);
  if (!address) return fmt::format("model {:06x}", plan);
  std::string name = symbol(*address);
  if (!name.starts_with(kScope) || !name.ends_with(kPlan)) return name;
  return name.substr(kScope.size(), name.size() - kScope.size() - kPlan.size());
}

std::string Names::step(std::uint32_t plan, std::uint32_t number) const {
  if (const auto known = steps_.find(model(plan));
      known != steps_.end() && number < known->second.size()) {
    return known->second[number];
  }
  const auto address = whole(plan);
  const auto steps = address ? word(*address) : std::nullopt;
  if (!steps) return fmt::format("step {}", number);
  const std::uint32_t step = *steps + number * kStepBytes;
  const auto function = word(step + kStepFunction);
  if (function && *function != 0) return symbol(*function);
  const auto kind = word(step);
  const std::uint32_t index = kind ? *kind & 0xffU : std::size(kStepKinds);
  return index < std::size(kStepKinds) ? kStepKinds[index] : fmt::format("step {}", number);
}

std::string Names::text(std::uint32_t address) const {
  const auto found = whole(address);
  const auto known = found ? string(*found) : std::nullopt;
  return known ? *known : fmt::format("{:06x}", address);
}

std::string Names::interrupt(std::uint32_t cause) {
  switch (cause) {
    case 3:
      return "software interrupt";
    case 7:
      return "timer interrupt";
    case 11:
      return "external interrupt";
    default:
      return fmt::format("interrupt {}", cause);
  }
}

}  // namespace thimble::trace
