// See board.h.
#include "compiler/boards/board.h"

#include <algorithm>

#include "compiler/base/json_place.h"
#include "compiler/base/process.h"

namespace thimble {
namespace {

namespace fs = std::filesystem;
Result<Region> read_region(const Place& place) {
  Region region;
  ASSIGN_OR_RETURN(region.name, read_text_at(place.at("name")));
  ASSIGN_OR_RETURN(const std::string kind, read_text_at(place.at("kind")));
  if (kind != "flash" && kind != "ram") return place.at("kind").wrong("flash or ram is wanted");
  region.kind = kind == "flash" ? RegionKind::kFlash : RegionKind::kRam;
  ASSIGN_OR_RETURN(region.origin, read_number_at(place.at("origin")));
  ASSIGN_OR_RETURN(region.length, read_number_at(place.at("length")));
  if (region.length == 0 || region.origin + region.length > std::uint64_t{1} << 32) {
    return place.at("length").wrong("the region must not be empty nor pass the end of memory");
  }
  return region;
}

Result<Simulator> read_simulator(const Place& place) {
  Simulator simulator;
  ASSIGN_OR_RETURN(const std::string kind, read_text_at(place.at("kind")));
  if (kind != "qemu") return place.at("kind").wrong("only qemu is known");
  ASSIGN_OR_RETURN(simulator.machine, read_text_at(place.at("machine")));
  if (place.json.contains("cpu")) {
    ASSIGN_OR_RETURN(simulator.cpu, read_text_at(place.at("cpu")));
  }
  ASSIGN_OR_RETURN(simulator.arguments, read_texts_at(place.at("arguments")));
  ASSIGN_OR_RETURN(const std::string boot, read_text_at(place.at("boot")));
  if (boot != "kernel" && boot != "pflash") {
    return place.at("boot").wrong("kernel or pflash is wanted");
  }
  simulator.boot = boot == "pflash" ? Boot::kPflash : Boot::kKernel;
  if (simulator.boot == Boot::kPflash) {
    ASSIGN_OR_RETURN(simulator.pflash_bytes, read_number_at(place.at("pflash_bytes")));
  }
  return simulator;
}

Status check_regions(const Board& board, const Place& place) {
  for (std::size_t i = 0; i < board.regions.size(); ++i) {
    for (std::size_t j = i + 1; j < board.regions.size(); ++j) {
      const Region& a = board.regions[i];
      const Region& b = board.regions[j];
      if (a.origin < b.origin + b.length && b.origin < a.origin + a.length) {
        return place.at(j).wrong(fmt::format("overlaps region {}", a.name));
      }
    }
  }
  // One region a kind is what the linker script can fill.
  const auto count = [&](RegionKind kind) {
    return std::ranges::count(board.regions, kind, &Region::kind);
  };
  if (count(RegionKind::kRam) != 1) return place.wrong("exactly one region of kind ram is wanted");
  if (count(RegionKind::kFlash) > 1) return place.wrong("at most one region of kind flash");
  if (board.layout == Layout::kXip && count(RegionKind::kFlash) == 0) {
    return place.wrong("layout xip needs a region of kind flash");
  }
  return {};
}

fs::path boards_folder() {
  return source_root() / "boards";
}

const Region* region_of(const Board& board, RegionKind kind) {
  const auto found = std::ranges::find(board.regions, kind, &Region::kind);
  return found == board.regions.end() ? nullptr : &*found;
}

}  // namespace

Result<Board> read_board(const fs::path& folder) {
  const fs::path file = folder / "board.json";
  ASSIGN_OR_RETURN(const Json json, read_json_object(file));
  const Place root{file, "", json};
  Board board;
  board.folder = folder;
  ASSIGN_OR_RETURN(board.name, read_text_at(root.at("name")));
  if (board.name.empty() || board.name.find('/') != std::string::npos) {
    return root.at("name").wrong("a name without slashes is wanted");
  }
  ASSIGN_OR_RETURN(board.description, read_text_at(root.at("description")));
  ASSIGN_OR_RETURN(board.isa, read_text_at(root.at("isa")));
  ASSIGN_OR_RETURN(board.isas, read_texts_at(root.at("isas")));
  if (std::ranges::find(board.isas, board.isa) == board.isas.end()) {
    return root.at("isa").wrong("must be one of \"isas\"");
  }
  ASSIGN_OR_RETURN(const std::string layout, read_text_at(root.at("layout")));
  if (layout != "ram" && layout != "xip") return root.at("layout").wrong("ram or xip is wanted");
  board.layout = layout == "xip" ? Layout::kXip : Layout::kRam;
  const Place regions = root.at("regions");
  if (!regions.json.is_array()) return regions.wrong("a list of regions is wanted");
  for (std::size_t i = 0; i < regions.json.size(); ++i) {
    ASSIGN_OR_RETURN(board.regions.emplace_back(), read_region(regions.at(i)));
  }
  TRY(check_regions(board, regions));
  ASSIGN_OR_RETURN(board.drivers, read_texts_at(root.at("drivers")));
  if (json.contains("simulator")) {
    ASSIGN_OR_RETURN(board.simulator, read_simulator(root.at("simulator")));
  }
  return board;
}

Result<std::vector<Board>> all_boards() {
  std::vector<fs::path> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(boards_folder(), error)) {
    if (fs::exists(entry.path() / "board.json")) folders.push_back(entry.path());
  }
  if (error) {
    return fail(ExitCode::kToolFailed, "{}: {}", boards_folder().string(), error.message());
  }
  std::ranges::sort(folders);
  std::vector<Board> boards;
  for (const fs::path& folder : folders) {
    ASSIGN_OR_RETURN(boards.emplace_back(), read_board(folder));
  }
  return boards;
}

Result<Board> find_board(std::string_view name_or_folder) {
  const fs::path own = boards_folder() / name_or_folder;
  const bool is_name = name_or_folder.find('/') == std::string_view::npos;
  if (is_name && fs::exists(own / "board.json")) return read_board(own);
  if (fs::exists(fs::path(name_or_folder) / "board.json")) return read_board(name_or_folder);
  // Names of folders, not of boards read: a damaged neighbour must not hide what is wrong here.
  std::error_code error;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(boards_folder(), error)) {
    if (fs::exists(entry.path() / "board.json")) names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return fail(ExitCode::kUsage,
              "{}: no such board, nor a folder with a board.json; the boards are: {}",
              name_or_folder, fmt::join(names, ", "));
}

std::uint64_t total_length(const Board& board, RegionKind kind) {
  const Region* region = region_of(board, kind);
  return region == nullptr ? 0 : region->length;
}

Capacity capacity(const Board& board, const Limits& limits) {
  Capacity capacity{limits.flash, total_length(board, RegionKind::kRam)};
  if (const Region* flash = region_of(board, RegionKind::kFlash); flash != nullptr) {
    capacity.flash = std::min(flash->length, limits.flash.value_or(flash->length));
  }
  capacity.ram = std::min(capacity.ram, limits.ram.value_or(capacity.ram));
  return capacity;
}

constexpr std::uint64_t kAddressSpace = std::uint64_t{1} << 32;
constexpr std::uint64_t kLongestRegion = std::uint64_t{1} << 30;

std::string memory_ld(const Board& board) {
  std::string text =
      fmt::format("/* Memory of {}: generated from its board.json. */\nMEMORY\n{{\n", board.name);
  for (const Region& region : board.regions) {
    // Longer than it is: an image that is too large must still link, to be told what holds the
    // space.
    const std::uint64_t length = std::min(kLongestRegion, kAddressSpace - region.origin);
    text += fmt::format("  {} ({}) : ORIGIN = {:#x}, LENGTH = {:#x}\n", region.name,
                        region.kind == RegionKind::kFlash ? "rx" : "rwx", region.origin, length);
  }
  text += "}\n";
  const Region* ram = region_of(board, RegionKind::kRam);
  const Region* image = board.layout == Layout::kXip ? region_of(board, RegionKind::kFlash) : ram;
  // Sections are placed by role (kernel/arch/riscv/sections.ld).
  for (const char* role : {"CODE", "CONSTANTS"}) {
    text += fmt::format("REGION_ALIAS(\"{}\", {});\n", role, image->name);
  }
  text += fmt::format("REGION_ALIAS(\"DATA\", {});\n", ram->name);
  return text;
}

}  // namespace thimble
