// See tables.h.
#include "compiler/bench/tables.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "compiler/base/numbers.h"

namespace thimble::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kColumns = 8;
using Row = std::array<std::string, kColumns>;
const Row kHead{"", "instructions", "per MAC", "flash", "RAM", "arena", "weights", "validated"};
constexpr const char* kUnknown = "–";

// A model with all rows about it.
struct Section {
  std::string model;
  std::int64_t macs;
  std::vector<Row> rows;
};

std::string ratio(std::uint64_t instructions, std::int64_t macs) {
  return macs == 0
             ? kUnknown
             : fmt::format("{:.2f}", static_cast<double>(instructions) / static_cast<double>(macs));
}

std::string verdict(const Json& validation) {
  const auto mismatches = validation.at("mismatches").get<std::uint64_t>();
  if (mismatches == 0) return fmt::format("exact ({})", validation.at("samples").get<int>());
  return fmt::format("{} of {} differ", grouped(mismatches),
                     grouped(validation.at("outputs").get<std::uint64_t>()));
}

Row measured_row(const Json& measurement) {
  const Json& memory = measurement.at("memory");
  const Json& inference = measurement.at("inference");
  const auto bytes = [&](const char* key) { return grouped(memory.at(key).get<std::uint64_t>()); };
  const auto instructions = inference.at("instructions").get<std::uint64_t>();
  return {"Thimble " + configuration(measurement.at("optimize"), measurement.at("offload")),
          grouped(instructions),
          ratio(instructions, inference.at("macs")),
          bytes("flash"),
          bytes("ram"),
          bytes("arena"),
          bytes("weights"),
          verdict(measurement.at("validation"))};
}

Row anchor_row(const Anchor& anchor, const std::string& model, std::int64_t macs) {
  Row row;
  row.fill(kUnknown);
  row[0] = anchor.name;
  const auto value = [&](const char* kind) -> std::optional<std::uint64_t> {
    const auto figure = anchor.figures.find(kind);
    if (figure == anchor.figures.end()) return std::nullopt;
    const auto found = figure->second.values.find(model);
    if (found == figure->second.values.end()) return std::nullopt;
    return found->second;
  };
  if (const auto instructions = value("instructions")) {
    row[1] = grouped(*instructions);
    row[2] = ratio(*instructions, macs);
  }
  if (const auto flash = value("flash")) row[3] = grouped(*flash);
  if (const auto arena = value("arena")) row[5] = grouped(*arena);
  return row;
}

std::vector<Section> make_sections(const Json& measurements, const Anchors& anchors) {
  std::vector<Section> sections;
  for (const Json& measurement : measurements) {
    const std::string model = measurement.at("model");
    if (sections.empty() || sections.back().model != model)
      sections.push_back({model, measurement.at("inference").at("macs"), {}});
    sections.back().rows.push_back(measured_row(measurement));
  }
  for (Section& section : sections) {
    if (!anchors.know(section.model, section.macs)) continue;
    for (const Anchor& anchor : anchors.engines) {
      const Row row = anchor_row(anchor, section.model, section.macs);
      // Nothing but a name says nothing.
      if (std::ranges::any_of(row.begin() + 1, row.end(),
                              [](const std::string& cell) { return cell != kUnknown; }))
        section.rows.push_back(row);
    }
  }
  return sections;
}

std::string text_line(const Row& row) {
  return fmt::format("{:<32} {:>13} {:>8} {:>10} {:>9} {:>9} {:>10}  {}\n", row[0], row[1], row[2],
                     row[3], row[4], row[5], row[6], row[7]);
}

std::string page_line(const Row& row) {
  return fmt::format("| {} |\n", fmt::join(row, " | "));
}

std::string page_table(const Section& section) {
  std::string text = page_line(kHead) + "|---|--:|--:|--:|--:|--:|--:|---|\n";
  for (const Row& row : section.rows) text += page_line(row);
  return text;
}

std::string reason(ExitCode code) {
  switch (code) {
    case ExitCode::kBadModel:
      return "the model cannot be compiled";
    case ExitCode::kDoesNotFit:
      return "the image does not fit the board";
    case ExitCode::kUsage:
      return "the model cannot be read";
    default:
      return "a tool or the firmware failed";
  }
}

std::string sources_text(const Anchors& anchors) {
  std::string text;
  for (const Anchor& anchor : anchors.engines) {
    text += fmt::format("- **{}**: {}.", anchor.name, anchor.description);
    for (const char* kind : {"instructions", "flash", "arena"}) {
      const auto figure = anchor.figures.find(kind);
      if (figure != anchor.figures.end())
        text += fmt::format(" {}{}: {}.", static_cast<char>(std::toupper(kind[0])), kind + 1,
                            figure->second.source);
    }
    text += "\n";
  }
  return text;
}

}  // namespace

std::string configuration(const std::string& optimize, const std::string& offload) {
  return fmt::format("-O {} --offload {}", optimize, offload);
}

std::string to_table(const Results& results, const Anchors& anchors) {
  std::string text;
  for (const Section& section : make_sections(results.measurements, anchors)) {
    Row head = kHead;
    head[0] = fmt::format("{}, {} MACs", section.model,
                          grouped(static_cast<std::uint64_t>(section.macs)));
    text += "\n" + text_line(head);
    for (Row row : section.rows) {
      row[0].insert(0, "  ");
      text += text_line(row);
    }
  }
  return text;
}

std::string to_page(const Results& results, const Anchors& anchors, const std::string& command) {
  std::string text = fmt::format(
      R"(<!-- Written by `{}`: to change this page, change compiler/bench or benchmarks/anchors.json. -->
# Benchmarks

    {}

makes this page and [benchmarks/results.json](../benchmarks/results.json), which has all figures. )",
      command, command);
  if (!results.measurements.empty()) {
    const Json& first = results.measurements.front();
    text += fmt::format(
        "Board {}, {}: firmware `apps/inference`, whole image, the lean kernel and the UART "
        "included. A second call gives the same figures.\n",
        first.at("board").get<std::string>(), first.at("isa").get<std::string>());
  }
  text += R"(
- instructions: retired by one inference, softmax and all, counted in QEMU (`-icount`); they are not cycles. Per MAC: by
  the nominal MACs of the original model, padding taps counted.
- flash, RAM, arena, weights: bytes. RAM is variables and stacks and holds the arena, which is the model's working memory;
  flash holds the weights, which are all constants of the model.
- validated: random inputs, each byte of the outputs compared with LiteRT's reference kernels; in brackets how many inputs.
- `--offload none` is IREE's own code with our runtime, for comparison; `all` gives microkernels what they can compute.
)";
  const std::vector<Section> sections = make_sections(results.measurements, anchors);
  for (const Section& section : sections) {
    text += fmt::format("\n## {}\n\n{} MACs\n\n{}", section.model,
                        grouped(static_cast<std::uint64_t>(section.macs)), page_table(section));
  }
  if (!results.failures.empty()) text += "\n## Not measured\n\n";
  for (const Failure& failure : results.failures)
    text +=
        fmt::format("- {} {}: {}\n", failure.model, failure.configuration, reason(failure.code));
  if (std::ranges::any_of(sections, [&](const Section& section) {
        return anchors.know(section.model, section.macs);
      })) {
    text +=
        "\n## The others\n\nThe same models in other engines, measured by hand "
        "([benchmarks/anchors.json](../benchmarks/anchors.json)); – is not known.\n\n" +
        sources_text(anchors);
  }
  return text;
}

}  // namespace thimble::bench
