// What a firmware takes of the board's memory, as the command line's contract puts it, and whether
// it fits. All figures are bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "compiler/base/result.h"
#include "compiler/boards/board.h"
#include "compiler/report/breakdown.h"

namespace thimble {

/// The sizes as `size` (GNU, Berkeley format) counts them: text with constants, bss with all that
/// takes no place in the file.
struct BerkeleySize {
  std::uint64_t text = 0;
  std::uint64_t data = 0;
  std::uint64_t bss = 0;
};

struct MemoryReport {
  std::uint64_t text = 0;    ///< code
  std::uint64_t rodata = 0;  ///< constants
  std::uint64_t data = 0;    ///< initialized variables
  std::uint64_t bss = 0;     ///< zeroed variables, the arena among them, without stacks
  std::uint64_t stacks = 0;
  std::uint64_t flash = 0;  ///< text + rodata + load image of data
  std::uint64_t ram = 0;    ///< data + bss + stacks
  // Shares. weights + model_code + system_code + padding (breakdown) = flash.
  std::uint64_t weights = 0;      ///< the model's constants
  std::uint64_t arena = 0;        ///< the model's variables, part of bss
  std::uint64_t model_code = 0;   ///< generated code, microkernels, plan, routines they pull in
  std::uint64_t system_code = 0;  ///< everything else
  std::optional<std::uint64_t> stack_peak;  ///< as measured on the target
  BerkeleySize berkeley;
};

/// A firmware's figures and where they come from.
struct ImageReport {
  MemoryReport memory;
  Breakdown breakdown;
};

/// Measures an ELF. With lld's map (-Map) every byte has its object file; without, parts are told
/// by the symbols' source files as far as they say.
[[nodiscard]] Result<ImageReport> measure(const std::filesystem::path& elf,
                                          const std::optional<std::filesystem::path>& map);

/// The value of the contract's "memory" key.
[[nodiscard]] nlohmann::ordered_json to_json(const MemoryReport& memory);

/// What of RAM the image takes. On a board that runs from RAM that is all of it.
[[nodiscard]] std::uint64_t ram_bytes(const Board& board, const MemoryReport& memory);

/// kDoesNotFit, with by how much, in which memory, and the largest holders, if the image is larger
/// than the board, as narrowed by `limits`. On a board that runs from RAM the whole image counts
/// against RAM; a flash limit there bounds the load image.
[[nodiscard]] Status check_fit(const Board& board, const Limits& limits, const ImageReport& image);

}  // namespace thimble
