// Thin, checked reading of a 32-bit RISC-V ELF: its sections, its symbols and the bytes behind its
// addresses.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/base/result.h"

// libelf's own.
struct Elf;
struct Elf_Scn;

namespace thimble {

struct Section {
  std::string name;
  std::uint32_t address;
  std::uint32_t size;
  std::uint32_t offset;  ///< in the file
  bool allocated;        ///< takes memory on the target
  bool executable;
  bool writable;
  bool no_bits;  ///< takes no place in the file
};

enum class SymbolKind { kNone, kObject, kFunction };

struct Symbol {
  std::string name;
  std::string file;  ///< of the STT_FILE symbol before it; empty for global symbols
  std::uint32_t address;
  std::uint32_t size;     ///< 0: not stated
  std::uint32_t section;  ///< index into sections(); defined symbols only are kept
  SymbolKind kind;
  bool local;
};

/// An executable, read whole. Immutable.
class ElfFile {
 public:
  /// Fails with kUsage if `path` is no readable 32-bit little-endian RISC-V ELF or is damaged.
  [[nodiscard]] static Result<ElfFile> open(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::uint32_t entry() const { return entry_; }
  /// In the file's order, without the empty first one.
  [[nodiscard]] const std::vector<Section>& sections() const { return sections_; }
  /// Defined symbols in allocated sections, by address, then largest first; no marks of the
  /// assembler ($x, .L1).
  [[nodiscard]] const std::vector<Symbol>& symbols() const { return symbols_; }
  [[nodiscard]] const Symbol* find_symbol(std::string_view name) const;
  /// The bytes of a section; empty for no_bits.
  [[nodiscard]] std::span<const std::uint8_t> bytes(const Section& section) const;
  /// The section that holds `address`, or null.
  [[nodiscard]] const Section* section_at(std::uint32_t address) const;

 private:
  [[nodiscard]] Status read_sections(::Elf& handle, std::size_t names);
  [[nodiscard]] Status read_symbols(::Elf& handle, ::Elf_Scn& scn);
  std::filesystem::path path_;
  Bytes content_;
  std::uint32_t entry_ = 0;
  std::vector<Section> sections_;
  std::vector<Symbol> symbols_;
};

}  // namespace thimble
