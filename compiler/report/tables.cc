// Breakdowns as JSON and as tables.
#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "compiler/report/breakdown.h"

namespace thimble {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::array<std::uint64_t, kMemoryKindCount>;

constexpr std::string_view kRowFormat = "{:<16}{:>10}{:>10}{:>10}{:>10}{:>10}\n";

std::array<Row, kPartCount> by_part(const Breakdown& breakdown) {
  std::array<Row, kPartCount> rows{};
  for (const Holding& holding : breakdown.holdings) {
    rows[static_cast<std::size_t>(holding.part)][static_cast<std::size_t>(holding.kind)] +=
        holding.size;
  }
  return rows;
}

Row sum_of(const std::array<Row, kPartCount>& rows) {
  Row sum{};
  for (const Row& row : rows) {
    for (std::size_t kind = 0; kind < row.size(); ++kind) sum[kind] += row[kind];
  }
  return sum;
}

bool is_empty(const Row& row) {
  return row == Row{};
}

std::vector<const Holding*> largest_first(const Breakdown& breakdown) {
  std::vector<const Holding*> holdings;
  holdings.reserve(breakdown.holdings.size());
  for (const Holding& holding : breakdown.holdings) holdings.push_back(&holding);
  std::ranges::sort(holdings, [](const Holding* a, const Holding* b) {
    return std::tie(b->size, a->address) < std::tie(a->size, b->address);
  });
  return holdings;
}

std::string header(std::string_view first) {
  return fmt::format(fmt::runtime(kRowFormat), first, "text", "rodata", "data", "bss", "stacks");
}

std::string line(std::string_view name, const Row& row) {
  return fmt::format(fmt::runtime(kRowFormat), name, row[0], row[1], row[2], row[3], row[4]);
}

Json row_json(const Row& row) {
  Json json;
  for (std::size_t kind = 0; kind < row.size(); ++kind) {
    json[memory_kind_name(static_cast<MemoryKind>(kind))] = row[kind];
  }
  return json;
}

// Bytes before and after.
struct Change {
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  [[nodiscard]] std::int64_t difference() const {
    return static_cast<std::int64_t>(after) - static_cast<std::int64_t>(before);
  }
};

// What `size` tells of both, by what `name` makes of them; the largest difference first.
template <typename Items, typename Name>
std::vector<std::pair<std::string, Change>> changes(const Items& before, const Items& after,
                                                    const Name& name) {
  std::map<std::string, Change> by_name;
  for (const auto& item : before) by_name[name(item)].before += item.size;
  for (const auto& item : after) by_name[name(item)].after += item.size;
  std::vector<std::pair<std::string, Change>> list(by_name.begin(), by_name.end());
  std::ranges::sort(list, {}, [](const auto& change) {
    return std::pair(-std::abs(change.second.difference()), change.first);
  });
  return list;
}

std::vector<std::pair<std::string, Change>> section_changes(const Breakdown& before,
                                                            const Breakdown& after) {
  return changes(before.sections, after.sections,
                 [](const SectionSize& section) { return section.name; });
}

// Symbols of one name count as one: their objects may stand in another order.
std::vector<std::pair<std::string, Change>> symbol_changes(const Breakdown& before,
                                                           const Breakdown& after) {
  auto list =
      changes(before.holdings, after.holdings, [](const Holding& holding) { return holding.name; });
  std::erase_if(list, [](const auto& change) { return change.second.difference() == 0; });
  return list;
}

Json changes_json(const std::vector<std::pair<std::string, Change>>& list) {
  Json json = Json::array();
  for (const auto& [name, change] : list)
    json.push_back({{"name", name}, {"before", change.before}, {"after", change.after}});
  return json;
}

std::string changes_table(std::string_view title,
                          const std::vector<std::pair<std::string, Change>>& list,
                          std::size_t most) {
  std::string text = fmt::format("\n{:>10}{:>10}{:>10}  {}\n", "before", "after", "change", title);
  for (const auto& [name, change] : list) {
    if (most-- == 0) break;
    text += fmt::format("{:>10}{:>10}{:>+10}  {}\n", change.before, change.after,
                        change.difference(), name);
  }
  return text;
}

}  // namespace

Json to_json(const std::vector<SectionSize>& sections) {
  Json list = Json::array();
  for (const SectionSize& section : sections) {
    list.push_back({{"name", section.name}, {"address", section.address}, {"size", section.size}});
  }
  return list;
}

Json to_json(const Breakdown& breakdown) {
  Json parts = Json::array();
  const auto rows = by_part(breakdown);
  for (std::size_t part = 0; part < kPartCount; ++part) {
    if (is_empty(rows[part])) continue;
    Json json{{"part", part_name(static_cast<Part>(part))}};
    json.update(row_json(rows[part]));
    parts.push_back(std::move(json));
  }
  Json symbols = Json::array();
  for (const Holding* holding : largest_first(breakdown)) {
    symbols.push_back({{"name", holding->name},
                       {"part", part_name(holding->part)},
                       {"object", holding->object},
                       {"kind", memory_kind_name(holding->kind)},
                       {"size", holding->size}});
  }
  return {{"parts", std::move(parts)},
          {"sections", to_json(breakdown.sections)},
          {"symbols", std::move(symbols)}};
}

std::string to_table(const Breakdown& breakdown, std::size_t symbols) {
  const auto rows = by_part(breakdown);
  std::string text = header("part");
  for (std::size_t part = 0; part < kPartCount; ++part) {
    if (!is_empty(rows[part])) text += line(part_name(static_cast<Part>(part)), rows[part]);
  }
  text += line("all", sum_of(rows));
  text += fmt::format("\n{:<16}{:>10}  {}\n", "section", "bytes", "address");
  for (const SectionSize& section : breakdown.sections)
    text += fmt::format("{:<16}{:>10}  {:#010x}\n", section.name, section.size, section.address);
  if (symbols == 0) return text;
  text += "\nlargest\n";
  for (const Holding* holding : largest_first(breakdown)) {
    if (symbols-- == 0) break;
    text += fmt::format("{:>10}  {:<7} {:<15} {}\n", holding->size, memory_kind_name(holding->kind),
                        part_name(holding->part), holding->name);
  }
  return text;
}

Json comparison_json(const Breakdown& before, const Breakdown& after) {
  const auto old_rows = by_part(before);
  const auto new_rows = by_part(after);
  Json parts = Json::array();
  for (std::size_t part = 0; part < kPartCount; ++part) {
    if (is_empty(old_rows[part]) && is_empty(new_rows[part])) continue;
    parts.push_back({{"part", part_name(static_cast<Part>(part))},
                     {"before", row_json(old_rows[part])},
                     {"after", row_json(new_rows[part])}});
  }
  return {{"parts", std::move(parts)},
          {"before", row_json(sum_of(old_rows))},
          {"after", row_json(sum_of(new_rows))},
          {"sections", changes_json(section_changes(before, after))},
          {"symbols", changes_json(symbol_changes(before, after))}};
}

std::string comparison_table(const Breakdown& before, const Breakdown& after, std::size_t symbols) {
  const auto old_rows = by_part(before);
  const auto new_rows = by_part(after);
  std::string text = header("change");
  const auto change = [](std::string_view name, const Row& from, const Row& to) {
    std::array<std::string, kMemoryKindCount> cells;
    for (std::size_t kind = 0; kind < cells.size(); ++kind) {
      cells[kind] = to[kind] == from[kind]
                        ? "0"
                        : fmt::format("{:+}", static_cast<std::int64_t>(to[kind] - from[kind]));
    }
    return fmt::format(fmt::runtime(kRowFormat), name, cells[0], cells[1], cells[2], cells[3],
                       cells[4]);
  };
  for (std::size_t part = 0; part < kPartCount; ++part) {
    if (is_empty(old_rows[part]) && is_empty(new_rows[part])) continue;
    text += change(part_name(static_cast<Part>(part)), old_rows[part], new_rows[part]);
  }
  text += change("all", sum_of(old_rows), sum_of(new_rows));
  const auto sections = section_changes(before, after);
  text += changes_table("section", sections, sections.size());
  return text + changes_table("symbol", symbol_changes(before, after), symbols);
}

}  // namespace thimble
