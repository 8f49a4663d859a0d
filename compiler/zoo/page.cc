// See page.h.
#include "compiler/zoo/page.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/timeline/timeline.h"
#include "compiler/zoo/drawing.h"
#include "compiler/zoo/tables.h"

namespace thimble::zoo {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --page: #fff; --ink: #1d2733; --faint: #5d6875; --line: #dde2e8; --accent: #1f4e79;
  --hover: #f4f7fa; --wrong: #c0392b; }
@media (prefers-color-scheme: dark) {
  :root { --page: #171c22; --ink: #e4e9ee; --faint: #9aa5b1; --line: #333c46; --accent: #8ab8e6; --hover: #222a33;
    --wrong: #e8705f; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1300px; padding: 32px 28px 80px; color: var(--ink); background: var(--page);
  font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 30px; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 22px; margin: 56px 0 8px; padding-top: 12px; border-top: 2px solid var(--accent); }
h3 { font-size: 15px; margin: 28px 0 8px; color: var(--accent); }
p, li { max-width: 820px; }
.faint { color: var(--faint); }
nav a { margin-right: 16px; color: var(--accent); }
code { font: 13px/1.4 "DejaVu Sans Mono", ui-monospace, monospace; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 8px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--faint); font-weight: 600; border-bottom-color: var(--faint); }
th:first-child, td:first-child { padding-left: 0; white-space: nowrap; }
th { vertical-align: bottom; }
.side { display: flex; flex-wrap: wrap; gap: 8px 40px; }
.number { text-align: right; white-space: nowrap; }
tbody tr:hover { background: var(--hover); }
svg { display: block; width: 100%; height: auto; }
.wide > svg { min-width: 760px; }
.map { overflow-x: auto; max-width: 100%; }
svg text { font-size: 12px; fill: var(--ink); font-variant-numeric: tabular-nums; }
svg .label { text-anchor: end; }
svg .strong { font-weight: 600; }
.legend { font-size: 13px; margin: 4px 0 8px; }
.legend span { margin-right: 14px; white-space: nowrap; }
.legend i { display: inline-block; width: 11px; height: 11px; margin-right: 5px; border-radius: 2px; }
.failed { border-left: 4px solid var(--wrong); padding-left: 16px; }
summary { cursor: pointer; font-weight: 600; color: var(--accent); margin: 20px 0 8px; }
@media (max-width: 700px) { body { padding: 20px 14px 60px; } h1 { font-size: 24px; } }
)";

constexpr std::string_view kReading =
    "Figures are bytes unless they say KB (1,024 bytes). text, data and bss are as GNU size counts "
    "them: text with constants, bss with arena and stacks. flash = text + data; RAM = data + bss. "
    "On a board that runs from RAM, all of it stands there. Instructions are those of one "
    "inference "
    "in the simulator, exact, and no cycles. MACs are nominal.";
constexpr std::string_view kPublished =
    "The field report measured another kernel and IREE's own runtime on two models; its figures "
    "are "
    "as published. Of code it gave one pair of figures, 54 KB by default and 21 KB for size, and "
    "one of its whole system.";
constexpr std::string_view kKeeping =
    "--signedness keep leaves the converter's unsigned types to IREE; --weights data is where the "
    "field report had its weights.";

std::vector<Bar> part_bars(const Results& results, const std::string& model, const char* key) {
  std::vector<Bar> all;
  for (const std::size_t i : results.of(model)) {
    if (!results[i].contains(key)) continue;
    Bar& bar = all.emplace_back(Bar{results.title(i), {}});
    for (const auto& [name, value] : results[i][key].items()) {
      bar.segments.push_back(
          {name, value.get<std::uint64_t>(), fmt::format("/{}/{}/{}", i, key, name)});
    }
  }
  return all;
}

std::vector<Bar> layer_bars(const Results& results, std::size_t i) {
  constexpr std::size_t kLongest = 30;
  std::vector<Bar> all;
  const Json& layers = results[i]["layers"];
  for (std::size_t row = 0; row < layers.size(); ++row) {
    const Json& layer = layers[row];
    const auto instructions = layer.at("instructions").get<std::uint64_t>();
    if (instructions == 0) continue;
    std::string name = layer.at("name");
    if (name.size() > kLongest) name = "…" + name.substr(name.size() - kLongest);
    const bool shared = layer.at("shape").empty();
    const char* by = shared                          ? "shared"
                     : layer.at("offloaded") == true ? "microkernel"
                                                     : "generated";
    all.push_back({fmt::format("{} {}", name, layer.at("op").get<std::string>()),
                   {{by, instructions, fmt::format("/{}/layers/{}/instructions", i, row)}}});
  }
  return all;
}

std::string section(std::string_view title, const std::string& content) {
  return fmt::format("<h3>{}</h3>\n{}", title, content);
}

std::string layers_html(const Results& results, const std::string& model) {
  std::string text;
  for (const std::size_t i : results.of(model)) {
    if (!results[i].contains("layers")) continue;
    const std::vector<Bar> all = layer_bars(results, i);
    text += fmt::format(
        "<details{}><summary>Instructions per layer: {}</summary>\n{}{}</details>\n",
        text.empty() ? " open" : "", escaped_html(results.title(i)), legend(all), bars(all, ""));
  }
  return text;
}

std::string memory_html(const Results& results, const std::string& model) {
  std::string text;
  for (const std::size_t i : results.of(model)) {
    if (!results[i].contains("plan")) continue;
    text += fmt::format(
        "<details{}><summary>Memory over time: {}</summary>\n<div "
        "class=\"wide\">{}</div></details>\n",
        text.empty() ? " open" : "", escaped_html(results.title(i)),
        timeline::to_svg(results[i]["plan"], model));
  }
  return text;
}

std::string maps_html(const Results& results, const std::vector<Board>& boards,
                      const std::string& model) {
  std::string text = "<div class=\"side\">\n";
  for (const std::size_t i : results.of(model)) {
    const Json& one = results[i];
    const auto board = std::ranges::find(boards, one.at("board").get<std::string>(), &Board::name);
    const bool shown = one.at("optimize") == "size" && one.at("offload") == "all" &&
                       one.at("signedness") == "strip" && one.contains("sections");
    if (!shown || board == boards.end()) continue;
    text += fmt::format("<div class=\"map\"><p class=\"faint\">{}</p>\n{}</div>\n",
                        escaped_html(results.title(i)), memory_map(*board, one["sections"]));
  }
  return text + "</div>\n";
}

std::string model_html(const Results& results, const std::vector<Board>& boards,
                       const std::string& model) {
  const std::vector<Bar> flash = part_bars(results, model, "flash_parts");
  const std::vector<Bar> ram = part_bars(results, model, "ram_parts");
  std::string text = fmt::format("<h2 id=\"{0}\">{0}</h2>\n", escaped_html(model));
  text += section("Flash by part", legend(flash) + bars(flash, "bytes"));
  text += section("RAM by use", legend(ram) + bars(ram, "bytes"));
  text += section("Layouts and options", to_html(options_table(results, model)));
  text += layers_html(results, model);
  text += memory_html(results, model);
  text += section("Memory maps", maps_html(results, boards, model));
  text += section("Routines that the linker resolved: floating point and wide division",
                  to_html(soft_float_table(results, model)));
  return text;
}

}  // namespace

std::string to_page(const Json& list, const std::vector<Board>& boards,
                    const std::string& command) {
  const Results results(list);
  std::string text = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Thimble: the zoo</title>\n"
      "<style>{}</style></head>\n<body>\n<h1>The zoo, measured</h1>\n"
      "<p class=\"faint\">Made by <code>{}</code>: {} firmwares, compiled, run in the simulator "
      "and "
      "compared with the reference.</p>\n<nav>",
      kStyle, escaped_html(command), list.size());
  for (const std::string& model : results.models())
    text += fmt::format("<a href=\"#{0}\">{0}</a>", escaped_html(model));
  text += fmt::format("</nav>\n<p>{}</p>\n", kReading);
  if (const Table failures = failures_table(results); !failures.rows.empty())
    text += "<div class=\"failed\">" + section("What failed", to_html(failures)) + "</div>\n";
  text += section("All models, for size", to_html(overview(results)));
  if (const Table published = field_report(results); !published.rows.empty()) {
    text += section("Beside the field report", fmt::format("<p>{}</p>\n<p>{}</p>\n{}", kPublished,
                                                           kKeeping, to_html(published)));
  }
  for (const std::string& model : published_models(results)) {
    text += section(fmt::format("Its questions, asked of {}", escaped_html(model)),
                    to_html(field_questions(results, model)));
  }
  for (const std::string& model : results.models()) text += model_html(results, boards, model);
  return text + "</body></html>\n";
}

std::string to_markdown_page(const Json& list, const std::string& command) {
  const Results results(list);
  std::string text =
      fmt::format("# The zoo, measured\n\nMade by\n\n    {}\n\n{}\n", command, kReading);
  if (const Table failures = failures_table(results); !failures.rows.empty())
    text += "\n## What failed\n\n" + to_markdown(failures);
  text += "\n## All models, for size\n\n" + to_markdown(overview(results));
  if (const Table published = field_report(results); !published.rows.empty()) {
    text += fmt::format("\n## Beside the field report\n\n{} {}\n\n{}", kPublished, kKeeping,
                        to_markdown(published));
  }
  for (const std::string& model : published_models(results)) {
    text += fmt::format("\n### Its questions, asked of {}\n\n{}", model,
                        to_markdown(field_questions(results, model)));
  }
  for (const std::string& model : results.models()) {
    text += fmt::format("\n## {}\n\n{}\n### Resolved routines\n\n{}", model,
                        to_markdown(options_table(results, model)),
                        to_markdown(soft_float_table(results, model)));
  }
  return text;
}

}  // namespace thimble::zoo
