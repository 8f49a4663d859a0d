// The report for people: one HTML page that needs nothing else, and the same tables in Markdown.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/boards/board.h"

namespace thimble::zoo {

/// `results` as collect() makes them; `command` made them.
[[nodiscard]] std::string to_page(const nlohmann::ordered_json& results,
                                  const std::vector<Board>& boards, const std::string& command);

[[nodiscard]] std::string to_markdown_page(const nlohmann::ordered_json& results,
                                           const std::string& command);

}  // namespace thimble::zoo
