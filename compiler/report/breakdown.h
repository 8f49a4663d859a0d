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

namespace thimble {

enum class Part {
  kKernel,
  kDrivers,
  kRuntime,
  kMicrokernels,
  kApplication,
  kBoard,
  kGeneratedCode,  ///< IREE's dispatches
  kPlan,           ///< steps, descriptors of steps and the typed API
  kWeights,        ///< constants of the model
  kLibc,
  kSoftFloat,        ///< compiler support (libgcc) that the model's code pulls in
  kCompilerSupport,  ///< the rest of libgcc
  kLinker,           ///< what the linker merges or makes: strings, constants
  kOther,
  kPadding
};
inline constexpr std::size_t kPartCount = 15;
[[nodiscard]] std::string_view part_name(Part part);

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

struct Breakdown {
  std::vector<Holding> holdings;  ///< by address; no gaps, no overlaps
  [[nodiscard]] std::uint64_t total(Part part, MemoryKind kind) const;
  [[nodiscard]] std::uint64_t total(MemoryKind kind) const;
};

/// {"parts": [{"part","text","rodata","data","bss","stacks"}], "symbols":
/// [{"name","part","object","kind","size"}]}, symbols by size.
[[nodiscard]] nlohmann::ordered_json to_json(const Breakdown& breakdown);

/// Tables for people: by part, then the `symbols` largest symbols.
[[nodiscard]] std::string to_table(const Breakdown& breakdown, std::size_t symbols = 20);

/// By part: before, after and difference of each kind of memory.
[[nodiscard]] nlohmann::ordered_json comparison_json(const Breakdown& before,
                                                     const Breakdown& after);
[[nodiscard]] std::string comparison_table(const Breakdown& before, const Breakdown& after);

}  // namespace thimble
