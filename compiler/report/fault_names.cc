// See fault_names.h.
#include "compiler/report/fault_names.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "compiler/report/names.h"

namespace thimble {
namespace {

constexpr std::size_t kDigits = 8;

std::optional<std::uint32_t> address_in(std::string_view word) {
  std::uint32_t value = 0;
  if (word.size() != kDigits) return std::nullopt;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, 16);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

// The function that holds the instruction at `address`; assembly does not always state sizes.
const Symbol* function_at(const ElfFile& elf, std::uint32_t address) {
  const Section* const section = elf.section_at(address);
  if (section == nullptr || !section->executable) return nullptr;
  const Symbol* found = nullptr;
  for (const Symbol& symbol : elf.symbols()) {
    if (symbol.address > address) break;
    if (symbol.kind != SymbolKind::kFunction) continue;
    if (symbol.size == 0 || address < symbol.address + symbol.size) found = &symbol;
  }
  return found;
}

std::string named(const ElfFile& elf, std::string_view word, bool is_return_address) {
  const std::optional<std::uint32_t> address = address_in(word);
  if (!address) return std::string(word);
  // A call may be the last instruction of its function.
  const Symbol* const symbol = function_at(elf, *address - (is_return_address ? 2 : 0));
  if (symbol == nullptr) return std::string(word);
  return fmt::format("{} ({}+{:#x})", word, without_parameters(demangle(symbol->name)),
                     *address - symbol->address);
}

}  // namespace

std::string with_function_names(const ElfFile& elf, std::string_view line) {
  enum class Next { kNothing, kPlace, kReturnAddress, kBacktrace, kCallers };
  Next next = Next::kNothing;
  std::string out;
  for (std::size_t at = 0; at <= line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    const std::string_view word = line.substr(at, end - at);
    const bool is_return_address = next == Next::kReturnAddress || next == Next::kCallers;
    out += next == Next::kNothing ? std::string(word) : named(elf, word, is_return_address);
    if (next == Next::kBacktrace || next == Next::kCallers) {
      next = Next::kCallers;
    } else if (word == "mepc" || word == "at") {
      next = Next::kPlace;
    } else if (word == "ra") {
      next = Next::kReturnAddress;
    } else {
      next = word == "backtrace" ? Next::kBacktrace : Next::kNothing;
    }
    if (end < line.size()) out += ' ';
    at = end + 1;
  }
  return out;
}

}  // namespace thimble
