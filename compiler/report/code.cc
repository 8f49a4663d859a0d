// See code.h.
#include "compiler/report/code.h"

#include <algorithm>
#include <tuple>

#include "compiler/report/interpreter.h"

namespace thimble {
namespace {

// Names, addresses and sizes; of several names of one place the first sized or global one.
std::vector<Function> find_functions(const ElfFile& elf) {
  std::vector<Function> functions;
  const auto better = [](const Symbol& a, const Symbol& b) {
    return std::tuple(a.kind != SymbolKind::kFunction, a.local) <
           std::tuple(b.kind != SymbolKind::kFunction, b.local);
  };
  const Symbol* previous = nullptr;
  for (const Symbol& symbol : elf.symbols()) {
    const Section& section = elf.sections()[symbol.section];
    if (!section.executable || symbol.kind == SymbolKind::kObject ||
        symbol.address - section.address >= section.size) {
      continue;
    }
    if (previous != nullptr && previous->address == symbol.address) {
      if (!better(symbol, *previous)) continue;
      functions.pop_back();
    } else if (!functions.empty() &&
               symbol.address - functions.back().address < functions.back().size) {
      continue;  // a label within a sized function
    }
    functions.push_back({.name = symbol.name, .address = symbol.address, .size = symbol.size});
    previous = &symbol;
  }
  for (std::size_t i = 0; i < functions.size(); ++i) {
    Function& function = functions[i];
    if (function.size != 0) continue;
    const Section* section = elf.section_at(function.address);
    const std::uint32_t section_end = section->address + section->size;
    const bool last = i + 1 == functions.size() || functions[i + 1].address > section_end;
    function.size = (last ? section_end : functions[i + 1].address) - function.address;
  }
  return functions;
}

}  // namespace

std::vector<Function> analyze_code(const ElfFile& elf, std::uint32_t vector_bytes) {
  std::vector<Function> functions = find_functions(elf);
  for (Function& function : functions) {
    const Section* section = elf.section_at(function.address);
    const auto bytes = elf.bytes(*section);
    if (function.address - section->address + std::uint64_t{function.size} > bytes.size()) continue;
    const auto code = bytes.subspan(function.address - section->address, function.size);
    interpret(elf, function, code, vector_bytes);
  }
  return functions;
}

const Function* function_at(const std::vector<Function>& functions, std::uint32_t address) {
  auto after = std::ranges::upper_bound(functions, address, {}, &Function::address);
  if (after == functions.begin()) return nullptr;
  const Function& function = *--after;
  return address - function.address < function.size ? &function : nullptr;
}

}  // namespace thimble
