// A firmware taken apart: every byte of the image belongs to a part (kernel, drivers, weights, ...)
// and to a symbol or an input section.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/report/elf.h"
#include "compiler/report/linker_map.h"

namespace thimble {

enum class Part {
  kKernel,
  kDrivers,
  kRuntime,
  kMicrokernels,
  kApplication,
  kBoard,
  kGeneratedCode,  ///< IREE's dispatches
  kPlan,           ///< steps and the typed API; its variables are the arena
  kWeights,        ///< constants of the model
  kModelSupport,   ///< routines of libgcc and libc that the model's code pulls in
  kSystemSupport,  ///< the rest of libgcc and libc
  kLinker,         ///< what the linker merges or makes: strings, constants
  kStacks,
  kOther,
  kPadding
};
inline constexpr std::size_t kPartCount = 15;
[[nodiscard]] std::string_view part_name(Part part);

/// The part of an object file, told by its path; kOther if it does not say. `constant`: asks for
/// what is no code (constants of generated code are weights).
[[nodiscard]] Part part_of_object(std::string_view object, bool constant);

/// The same by a symbol's name: Thimble's namespaces, IREE's dispatches and libgcc's routines.
[[nodiscard]] Part part_of_symbol(const std::string& symbol, bool constant);

/// Kinds of memory of the image.
enum class MemoryKind { kText, kRodata, kData, kBss, kStacks };
inline constexpr std::size_t kMemoryKindCount = 5;
[[nodiscard]] std::string_view memory_kind_name(MemoryKind kind);

/// A stretch of the image with one owner.
struct Holding {
  std::string name;    ///< symbol, or input section where no symbol covers it
  std::string object;  ///< object file, "archive(member)", or source file; empty if unknown
  Part part;
  MemoryKind kind;
  std::uint32_t address;
  std::uint32_t size;
};

/// A section that takes memory on the target.
struct SectionSize {
  std::string name;
  std::uint32_t address;
  std::uint32_t size;
};

struct Breakdown {
  std::vector<Holding> holdings;      ///< by address; no gaps, no overlaps
  std::vector<SectionSize> sections;  ///< as they stand in the file, without empty ones
  [[nodiscard]] std::uint64_t total(Part part, MemoryKind kind) const;
  [[nodiscard]] std::uint64_t total(MemoryKind kind) const;
};

/// Takes `elf` apart. With lld's map every byte has its object file, and the object's path tells
/// the part (object files stand in folders like the sources'); without (null), the symbols' names
/// tell it, as far as they can. Fails with kUsage if the map is not this ELF's.
[[nodiscard]] Result<Breakdown> break_down(const ElfFile& elf,
                                           const std::vector<Placement>* placements);

/// {"parts": [{"part","text","rodata","data","bss","stacks"}], "sections":
/// [{"name","address","size"}], "symbols": [{"name","part","object","kind","size"}]}, symbols by
/// size.
[[nodiscard]] nlohmann::ordered_json to_json(const Breakdown& breakdown);

/// Tables for people: by part, by section, then the `symbols` largest symbols.
[[nodiscard]] std::string to_table(const Breakdown& breakdown, std::size_t symbols = 20);

[[nodiscard]] nlohmann::ordered_json to_json(const std::vector<SectionSize>& sections);

/// By part and kind of memory, by section, and of the symbols that differ, the largest difference
/// first: before and after.
[[nodiscard]] nlohmann::ordered_json comparison_json(const Breakdown& before,
                                                     const Breakdown& after);
/// The differences; of the symbols, the `symbols` largest.
[[nodiscard]] std::string comparison_table(const Breakdown& before, const Breakdown& after,
                                           std::size_t symbols = 20);

}  // namespace thimble
