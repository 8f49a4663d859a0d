// Boards as the host tool sees them: a folder with a board.json that says what memory there is,
// what drives it and how it is simulated. The folder may stand in boards/ or anywhere else.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"

namespace thimble {

enum class RegionKind { kFlash, kRam };

/// A stretch of memory that the image may use.
struct Region {
  std::string name;
  RegionKind kind;
  std::uint64_t origin;  ///< address
  std::uint64_t length;  ///< bytes
};

/// Where the image runs: all of it in RAM, or code and constants in place in flash.
enum class Layout { kRam, kXip };

/// How QEMU takes the firmware.
enum class Boot {
  kKernel,  ///< -kernel firmware.elf
  kPflash   ///< a raw image of the flash, padded to its full size
};

/// How QEMU is started for the board. Counting by -icount is added by whoever starts it.
struct Simulator {
  std::string machine;
  std::string cpu;                     ///< empty: the machine's own
  std::vector<std::string> arguments;  ///< further ones, as they stand
  Boot boot = Boot::kKernel;
  std::uint64_t pflash_bytes = 0;  ///< size of the image file, with Boot::kPflash
};

struct Board {
  std::string name;
  std::filesystem::path folder;
  std::string description;
  std::string isa;                ///< the default one
  std::vector<std::string> isas;  ///< all that it can run, the default among them
  Layout layout = Layout::kRam;
  std::vector<Region> regions;
  std::vector<std::string> drivers;    ///< folders below drivers/
  std::optional<Simulator> simulator;  ///< none: the board can only be compiled for
};

/// Bytes that the user allows the whole image; none: what the board has.
struct Limits {
  std::optional<std::uint64_t> flash;
  std::optional<std::uint64_t> ram;
};

/// All boards of the tree, by name. Fails if one of their files is damaged.
[[nodiscard]] Result<std::vector<Board>> all_boards();

/// A board of the tree by its name, or any folder that holds a board.json. An unknown one is a
/// kUsage error that lists the known ones.
[[nodiscard]] Result<Board> find_board(std::string_view name_or_folder);

/// Reads `folder`/board.json. An error names the file and the key.
[[nodiscard]] Result<Board> read_board(const std::filesystem::path& folder);

/// Bytes of all regions of a kind.
[[nodiscard]] std::uint64_t total_length(const Board& board, RegionKind kind);

/// What the image may take: the board's memory, narrowed by `limits`. Flash is absent on a board
/// that has none and no limit.
struct Capacity {
  std::optional<std::uint64_t> flash;
  std::uint64_t ram;
};
[[nodiscard]] Capacity capacity(const Board& board, const Limits& limits);

/// memory.ld, which kernel/arch/riscv/sections.ld includes: the board's regions and the roles CODE,
/// CONSTANTS and DATA. The lengths are the board's, not the limits': fitting is judged afterwards
/// (report/memory.h), with better words than the linker's.
[[nodiscard]] std::string memory_ld(const Board& board);

}  // namespace thimble
