// See table.h.
#include "compiler/zoo/table.h"

#include <fmt/format.h>

namespace thimble::zoo {
namespace {

// A bar would end the cell.
std::string for_markdown(const std::string& text) {
  std::string safe;
  for (const char letter : text) safe += letter == '|' ? "\\|" : std::string(1, letter);
  return safe;
}

}  // namespace

std::string to_markdown(const Table& table) {
  std::string head = "|";
  std::string rule = "|";
  for (const Column& column : table.columns) {
    head += " " + for_markdown(column.name) + " |";
    rule += column.number ? "--:|" : "---|";
  }
  std::string text = head + "\n" + rule + "\n";
  for (const std::vector<Cell>& row : table.rows) {
    text += "|";
    for (const Cell& cell : row) text += " " + for_markdown(cell.text) + " |";
    text += "\n";
  }
  return text;
}

std::string to_html(const Table& table) {
  const auto align = [&](std::size_t column) {
    return table.columns[column].number ? " class=\"number\"" : "";
  };
  std::string text = "<div class=\"wide\"><table>\n<thead><tr>";
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    text += fmt::format("<th{}>{}</th>", align(i), escaped_html(table.columns[i].name));
  text += "</tr></thead>\n<tbody>\n";
  for (const std::vector<Cell>& row : table.rows) {
    text += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::string attributes = align(i);
      if (!row[i].figure.empty())
        attributes += fmt::format(" data-figure=\"{}\"", escaped_html(row[i].figure));
      if (!row[i].unit.empty()) attributes += fmt::format(" data-unit=\"{}\"", row[i].unit);
      text += fmt::format("<td{}>{}</td>", attributes, escaped_html(row[i].text));
    }
    text += "</tr>\n";
  }
  return text + "</tbody></table></div>\n";
}

}  // namespace thimble::zoo
