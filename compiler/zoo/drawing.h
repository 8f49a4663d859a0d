// Pictures of the report, as inline SVG.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/boards/board.h"

namespace thimble::zoo {

/// A part of a bar.
struct Segment {
  std::string name;  ///< tells its colour
  std::uint64_t value = 0;
  std::string figure;  ///< JSON pointer into the results
};

struct Bar {
  std::string label;
  std::vector<Segment> segments;
};

/// Horizontal bars of one scale, with their sums behind them. `unit` is written after these.
[[nodiscard]] std::string bars(const std::vector<Bar>& bars, std::string_view unit);

/// Names and colours of the segments that the bars have.
[[nodiscard]] std::string legend(const std::vector<Bar>& bars);

/// Where the sections ("name", "address", "size") stand in the board's regions: a column a region,
/// lowest address at the bottom.
[[nodiscard]] std::string memory_map(const Board& board, const nlohmann::ordered_json& sections);

}  // namespace thimble::zoo
