// See drawing.h.
#include "compiler/zoo/drawing.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/numbers.h"
#include "compiler/zoo/table.h"

namespace thimble::zoo {
namespace {

using Json = nlohmann::ordered_json;

struct Colour {
  std::string_view name;
  std::string_view value;
};

// Our own code in blues and greens, what is the model's in warm colours.
constexpr Colour kColours[] = {
    {"kernel", "#3a6ea5"},      {"drivers", "#2e86ab"},      {"runtime", "#5fb3c8"},
    {"application", "#9ad1d4"}, {"microkernels", "#7a4fa3"}, {"generated code", "#c0392b"},
    {"plan", "#e08e79"},        {"libraries", "#8d99ae"},    {"weights", "#e9b44c"},
    {"other", "#c9ccd1"},       {"data", "#c0392b"},         {"bss", "#5fb3c8"},
    {"stacks", "#3a6ea5"},      {"arena", "#e9b44c"},        {"microkernel", "#2e86ab"},
    {"generated", "#c0392b"},   {"shared", "#8d99ae"},       {".text", "#2e86ab"},
    {".rodata", "#e9b44c"},     {".data", "#c0392b"},        {".bss", "#9ad1d4"},
    {".stacks", "#3a6ea5"}};
constexpr std::string_view kOtherColour = "#c9ccd1";

std::string_view colour(std::string_view name) {
  const auto* found = std::ranges::find(kColours, name, &Colour::name);
  return found == std::end(kColours) ? kOtherColour : found->value;
}

std::uint64_t sum(const Bar& bar) {
  std::uint64_t sum = 0;
  for (const Segment& segment : bar.segments) sum += segment.value;
  return sum;
}

// A column of the memory map.
std::string region_column(const Region& region, const Json& sections, double left) {
  constexpr double kHeight = 230;
  constexpr double kWidth = 130;
  constexpr double kLowest = 13;  // of a section, so that its name can be read
  constexpr double kTop = 34;
  std::vector<const Json*> inside;
  std::uint64_t used = 0;
  for (const Json& section : sections) {
    if (section.at("address").get<std::uint64_t>() - region.origin >= region.length) continue;
    inside.push_back(&section);
    used += section.at("size").get<std::uint64_t>();
  }
  std::ranges::sort(inside, {},
                    [](const Json* one) { return one->at("address").get<std::uint64_t>(); });
  std::string text = fmt::format(
      "<text x=\"{0}\" y=\"14\" class=\"strong\">{1}</text><text x=\"{0}\" y=\"28\">{2} bytes of "
      "{3} KB"
      "</text>\n",
      left, escaped_html(region.name), grouped(used), grouped(region.length / 1024));
  const double room = kHeight - kLowest * static_cast<double>(inside.size());
  double bottom = kTop + kHeight;
  for (const Json* section : inside) {
    const auto size = section->at("size").get<std::uint64_t>();
    const double height =
        kLowest + (used == 0 ? 0 : room * static_cast<double>(size) / static_cast<double>(used));
    const std::string name = section->at("name");
    bottom -= height;
    text += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{:.1f}\" fill=\"{}\"/>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\">{} {} at {:#x}</text>\n",
        left, bottom, kWidth, height - 1, colour(name), left + kWidth + 8, bottom + height - 3,
        escaped_html(name), grouped(size), section->at("address").get<std::uint64_t>());
  }
  return text;
}

}  // namespace

std::string bars(const std::vector<Bar>& all, std::string_view unit) {
  constexpr int kLabel = 380;
  constexpr int kLength = 620;
  constexpr int kSum = 130;
  constexpr int kRow = 22;
  std::uint64_t most = 1;
  for (const Bar& bar : all) most = std::max(most, sum(bar));
  std::string text = fmt::format(
      "<div class=\"wide\"><svg viewBox=\"0 0 {0} {1}\" style=\"max-width:{0}px\" role=\"img\">\n",
      kLabel + kLength + kSum, kRow * all.size() + 4);
  int y = 2;
  for (const Bar& bar : all) {
    text += fmt::format("<text x=\"{}\" y=\"{}\" class=\"label\">{}</text>", kLabel - 8, y + 14,
                        escaped_html(bar.label));
    double x = kLabel;
    for (const Segment& segment : bar.segments) {
      if (segment.value == 0) continue;
      const double width = kLength * static_cast<double>(segment.value) / static_cast<double>(most);
      text += fmt::format(
          "<rect x=\"{:.2f}\" y=\"{}\" width=\"{:.3f}\" height=\"{}\" fill=\"{}\" "
          "data-figure=\"{}\" data-value=\"{}\"><title>{}: {}</title></rect>",
          x, y, width, kRow - 5, colour(segment.name), escaped_html(segment.figure), segment.value,
          escaped_html(segment.name), grouped(segment.value));
      x += width;
    }
    text += fmt::format("<text x=\"{:.1f}\" y=\"{}\">{} {}</text>\n", x + 6, y + 14,
                        grouped(sum(bar)), unit);
    y += kRow;
  }
  return text + "</svg></div>\n";
}

std::string legend(const std::vector<Bar>& all) {
  const auto is_drawn = [&](std::string_view name) {
    return std::ranges::any_of(all, [&](const Bar& bar) {
      return std::ranges::any_of(bar.segments, [&](const Segment& segment) {
        return segment.value > 0 && segment.name == name;
      });
    });
  };
  std::string text = "<p class=\"legend\">";
  for (const auto& [name, value] : kColours) {
    if (!is_drawn(name)) continue;
    text += fmt::format("<span><i style=\"background:{}\"></i>{}</span> ", value, name);
  }
  return text + "</p>\n";
}

std::string memory_map(const Board& board, const Json& sections) {
  constexpr int kColumn = 340;
  constexpr int kHeight = 272;
  std::string text =
      fmt::format("<svg viewBox=\"0 0 {0} {1}\" style=\"width:{0}px\" role=\"img\">\n",
                  kColumn * board.regions.size(), kHeight);
  double left = 0;
  for (const Region& region : board.regions) {
    text += region_column(region, sections, left);
    left += kColumn;
  }
  return text + "</svg>\n";
}

}  // namespace thimble::zoo
