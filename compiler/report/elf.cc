// See elf.h.
#include "compiler/report/elf.h"

#include <gelf.h>
#include <libelf.h>

#include <algorithm>
#include <memory>
#include <tuple>

namespace thimble {
namespace {

std::unexpected<Error> damaged(const std::filesystem::path& path, std::string_view what) {
  return fail(ExitCode::kUsage, "{}: damaged ELF: {}", path.string(), what);
}

// Labels of the assembler and marks of code and data are no symbols for people.
bool is_internal_name(std::string_view name) {
  return name.empty() || name.starts_with("$") || name.starts_with(".L");
}

}  // namespace

Result<ElfFile> ElfFile::open(const std::filesystem::path& path) {
  ElfFile elf;
  elf.path_ = path;
  ASSIGN_OR_RETURN(elf.content_, read_file(path));
  elf_version(EV_CURRENT);
  const std::unique_ptr<::Elf, decltype(&elf_end)> handle(
      elf_memory(reinterpret_cast<char*>(elf.content_.data()), elf.content_.size()), &elf_end);
  GElf_Ehdr header;
  if (handle == nullptr || elf_kind(handle.get()) != ELF_K_ELF ||
      gelf_getehdr(handle.get(), &header) == nullptr || header.e_ident[EI_CLASS] != ELFCLASS32 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != EM_RISCV) {
    return fail(ExitCode::kUsage, "{}: is no 32-bit RISC-V ELF", path.string());
  }
  elf.entry_ = static_cast<std::uint32_t>(header.e_entry);
  // libelf passes over section headers that the file does not hold.
  if (header.e_shnum == 0 ||
      header.e_shoff + std::uint64_t{header.e_shnum} * header.e_shentsize > elf.content_.size()) {
    return damaged(path, "section headers are missing; was it cut off or stripped of them?");
  }
  std::size_t names = 0;
  if (elf_getshdrstrndx(handle.get(), &names) != 0) return damaged(path, "no section names");

  TRY(elf.read_sections(*handle, names));
  for (Elf_Scn* scn = nullptr; (scn = elf_nextscn(handle.get(), scn)) != nullptr;) {
    TRY(elf.read_symbols(*handle, *scn));
  }
  // Of symbols at one place the largest comes first.
  std::ranges::sort(elf.symbols_, [](const Symbol& a, const Symbol& b) {
    return std::tie(a.address, b.size, a.name) < std::tie(b.address, a.size, b.name);
  });
  return elf;
}

Status ElfFile::read_sections(::Elf& handle, std::size_t names) {
  for (Elf_Scn* scn = nullptr; (scn = elf_nextscn(&handle, scn)) != nullptr;) {
    GElf_Shdr shdr;
    if (gelf_getshdr(scn, &shdr) == nullptr) return damaged(path_, "a section has no header");
    const char* name = elf_strptr(&handle, names, shdr.sh_name);
    if (name == nullptr) return damaged(path_, "a section's name lies outside the file");
    const bool no_bits = shdr.sh_type == SHT_NOBITS;
    if (!no_bits &&
        (shdr.sh_offset > content_.size() || shdr.sh_size > content_.size() - shdr.sh_offset)) {
      return damaged(path_, fmt::format("section {} lies outside the file", name));
    }
    const bool allocated = (shdr.sh_flags & SHF_ALLOC) != 0;
    if (allocated && shdr.sh_addr + shdr.sh_size > std::uint64_t{1} << 32) {
      return damaged(path_, fmt::format("section {} passes the end of memory", name));
    }
    sections_.push_back({.name = name,
                         .address = static_cast<std::uint32_t>(shdr.sh_addr),
                         .size = static_cast<std::uint32_t>(shdr.sh_size),
                         .offset = static_cast<std::uint32_t>(shdr.sh_offset),
                         .allocated = allocated,
                         .executable = (shdr.sh_flags & SHF_EXECINSTR) != 0,
                         .writable = (shdr.sh_flags & SHF_WRITE) != 0,
                         .no_bits = no_bits});
  }
  return {};
}

Status ElfFile::read_symbols(::Elf& handle, Elf_Scn& scn) {
  GElf_Shdr shdr;
  if (gelf_getshdr(&scn, &shdr) == nullptr || shdr.sh_type != SHT_SYMTAB) return {};
  Elf_Data* data = elf_getdata(&scn, nullptr);
  if (data == nullptr || shdr.sh_entsize == 0) return damaged(path_, "its symbols");
  std::string source;
  for (std::uint64_t i = 0; i < shdr.sh_size / shdr.sh_entsize; ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) {
      return damaged(path_, "a symbol lies outside its table");
    }
    const char* name = elf_strptr(&handle, shdr.sh_link, symbol.st_name);
    if (name == nullptr) return damaged(path_, "a symbol's name lies outside the file");
    const int type = GELF_ST_TYPE(symbol.st_info);
    if (type == STT_FILE) source = name;
    if (type == STT_FILE || type == STT_SECTION || symbol.st_shndx == SHN_UNDEF ||
        symbol.st_shndx > sections_.size() || is_internal_name(name)) {
      continue;
    }
    const Section& section = sections_[symbol.st_shndx - 1u];
    if (!section.allocated) continue;
    const std::uint64_t end = std::uint64_t{section.address} + section.size;
    if (symbol.st_value < section.address || symbol.st_value + symbol.st_size > end) {
      // The linker's own marks (an end, a global pointer) may lie beyond; sized symbols may not.
      if (symbol.st_size != 0)
        return damaged(path_, fmt::format("symbol {} leaves its section", name));
    }
    const bool local = GELF_ST_BIND(symbol.st_info) == STB_LOCAL;
    symbols_.push_back({.name = name,
                        .file = local ? source : "",
                        .address = static_cast<std::uint32_t>(symbol.st_value),
                        .size = static_cast<std::uint32_t>(symbol.st_size),
                        .section = symbol.st_shndx - 1u,
                        .kind = type == STT_FUNC     ? SymbolKind::kFunction
                                : type == STT_OBJECT ? SymbolKind::kObject
                                                     : SymbolKind::kNone,
                        .local = local});
  }
  return {};
}

const Symbol* ElfFile::find_symbol(std::string_view name) const {
  const auto found = std::ranges::find(symbols_, name, &Symbol::name);
  return found == symbols_.end() ? nullptr : &*found;
}

std::span<const std::uint8_t> ElfFile::bytes(const Section& section) const {
  if (section.no_bits) return {};
  return std::span(content_).subspan(section.offset, section.size);
}

const Section* ElfFile::section_at(std::uint32_t address) const {
  const auto found = std::ranges::find_if(sections_, [&](const Section& section) {
    return section.allocated && address >= section.address &&
           address - section.address < section.size;
  });
  return found == sections_.end() ? nullptr : &*found;
}

}  // namespace thimble
