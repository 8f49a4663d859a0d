// Rows of a profile as JSON and for people: see profile.h.
#include <algorithm>

#include "compiler/profile/names.h"
#include "compiler/profile/profile.h"

namespace thimble::profile {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNameWidth = 30;

std::string per_mac(const Row& row) {
  if (row.macs == 0) return "";
  return fmt::format("{:.2f}",
                     static_cast<double>(row.instructions) / static_cast<double>(row.macs));
}

std::string short_name(const std::string& name) {
  return shortened(first_name(name), kNameWidth);
}

std::string short_operation(const Row& row) {
  return row.fused.empty() ? row.operation : fmt::format("{} +{}", row.operation, row.fused.size());
}

std::string line(const Row& row, const std::string& mark) {
  return fmt::format("{:<30} {:<22} {:>14} {:>10} {:>11} {:>6} {:>7} {:>8}  {}\n",
                     short_name(row.name), short_operation(row),
                     fmt::format("{}", fmt::join(row.shape, "x")),
                     row.macs == 0 ? "" : fmt::format("{}", row.macs), row.instructions,
                     per_mac(row), row.code, row.constants, mark);
}

std::string who(const Row& row) {
  if (row.offloaded) return fmt::format("microkernel {}", fmt::join(row.kernels, ", "));
  return row.kernels.empty()
             ? "IREE: " + row.reason
             : fmt::format("IREE and {}, {}", fmt::join(row.kernels, ", "), row.reason);
}

std::string forms_text(const std::map<std::string, int>& forms) {
  int channels = 0;
  for (const auto& [form, count] : forms) channels += count;
  std::vector<std::string> parts;
  parts.reserve(forms.size());
  for (const auto& [form, count] : forms)
    parts.push_back(fmt::format("{} {} ({:.0f} %)", count, form, 100.0 * count / channels));
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

Json to_json(const std::vector<Row>& rows) {
  Json layers = Json::array();
  for (const Row& row : rows) {
    Json layer{{"name", row.name},
               {"op", row.operation},
               {"shape", row.shape},
               {"macs", row.macs},
               {"instructions", row.instructions},
               {"code", row.code},
               {"constants", row.constants},
               {"offloaded", row.offloaded},
               {"reason", row.reason}};
    if (!row.fused.empty()) layer["fused"] = row.fused;
    if (!row.kernels.empty()) layer["kernels"] = row.kernels;
    if (!row.forms.empty()) layer["forms"] = row.forms;
    if (row.dead_channels > 0) layer["dead_channels"] = row.dead_channels;
    layers.push_back(std::move(layer));
  }
  return layers;
}

std::string to_table(const std::vector<Row>& rows) {
  std::string text =
      fmt::format("{:<30} {:<22} {:>14} {:>10} {:>11} {:>6} {:>7} {:>8}  {}\n", "layer", "operator",
                  "output", "MACs", "instr.", "/MAC", "code", "constants", "by");
  Row sum;
  sum.name = "sum";
  for (const Row& row : rows) {
    text += line(row, row.shared ? "" : row.offloaded ? "microkernel" : "IREE");
    sum.macs += row.macs;
    sum.instructions += row.instructions;
    sum.code += row.code;
    sum.constants += row.constants;
  }
  return text + line(sum, "");
}

std::string explain(const std::vector<Row>& rows) {
  std::string text;
  std::map<std::string, int> forms;
  std::int64_t macs = 0;
  std::int64_t offloaded_macs = 0;
  std::size_t layers = 0;
  std::size_t offloaded = 0;
  int dead = 0;
  for (const Row& row : rows) {
    if (row.shared) continue;
    text += fmt::format("{} {}\n  {}\n", row.operation, first_name(row.name), who(row));
    if (!row.fused.empty()) text += fmt::format("  with it: {}\n", fmt::join(row.fused, ", "));
    if (!row.forms.empty()) text += fmt::format("  requantization: {}\n", forms_text(row.forms));
    if (row.dead_channels > 0) text += fmt::format("  dead channels: {}\n", row.dead_channels);
    for (const auto& [form, count] : row.forms) forms[form] += count;
    dead += row.dead_channels;
    macs += row.macs;
    ++layers;
    if (!row.offloaded) continue;
    ++offloaded;
    offloaded_macs += row.macs;
  }
  text += fmt::format("\n{} of {} layers by microkernels, {} of {} MACs\n", offloaded, layers,
                      offloaded_macs, macs);
  if (!forms.empty()) text += fmt::format("requantization: {}\n", forms_text(forms));
  return text + fmt::format("dead channels removed: {}\n", dead);
}

}  // namespace thimble::profile
