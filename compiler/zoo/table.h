// A table of the report, for Markdown and for HTML.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/html.h"

namespace thimble::zoo {

struct Cell {
  std::string text;
  std::string figure = {};  ///< JSON pointer into the results, if it shows a number of theirs
  std::string unit = {};    ///< in which it does: "KB"; empty: as it stands there
};

struct Column {
  std::string name;
  bool number = true;  ///< set flush right
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

[[nodiscard]] std::string to_markdown(const Table& table);

/// Numbers carry where they come from: <td data-figure="/3/memory/flash">87,123</td>.
[[nodiscard]] std::string to_html(const Table& table);

}  // namespace thimble::zoo
