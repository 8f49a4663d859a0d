// See results.h.
#include "compiler/zoo/results.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/numbers.h"

namespace thimble::zoo {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kUnknown = "–";

bool fits(const Json& result, const char* key, const std::string& wanted) {
  return wanted.empty() || result.value(key, std::string()) == wanted;
}

std::string place(std::size_t index, const std::string& pointer) {
  return fmt::format("/{}{}", index, pointer);
}

}  // namespace

std::vector<std::string> Results::models() const {
  std::vector<std::string> names;
  for (const Json& result : list_) {
    const std::string name = result.at("model");
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

std::vector<std::size_t> Results::of(const std::string& model) const {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < list_.size(); ++i) {
    if (list_[i].at("model") == model) indices.push_back(i);
  }
  return indices;
}

std::optional<std::size_t> Results::find(const Wanted& wanted) const {
  for (std::size_t i = 0; i < list_.size(); ++i) {
    const Json& one = list_[i];
    if (one.contains("memory") && one.at("model") == wanted.model &&
        fits(one, "layout", wanted.layout) && fits(one, "optimize", wanted.optimize) &&
        fits(one, "offload", wanted.offload) && fits(one, "weights", wanted.weights) &&
        fits(one, "signedness", wanted.signedness) && fits(one, "isa", wanted.isa))
      return i;
  }
  return std::nullopt;
}

const Json* Results::at(std::optional<std::size_t> index, const std::string& pointer) const {
  if (!index) return nullptr;
  const Json::json_pointer path(pointer);
  return list_[*index].contains(path) ? &list_[*index].at(path) : nullptr;
}

Cell Results::number(std::optional<std::size_t> index, const std::string& pointer) const {
  const Json* value = at(index, pointer);
  if (value == nullptr) return {kUnknown};
  return {grouped(value->get<std::uint64_t>()), place(*index, pointer)};
}

Cell Results::kilobytes(std::optional<std::size_t> index, const std::string& pointer) const {
  const Json* value = at(index, pointer);
  if (value == nullptr) return {kUnknown};
  return {fmt::format("{:.1f}", value->get<double>() / 1024), place(*index, pointer), "KB"};
}

Cell Results::fraction(std::optional<std::size_t> index, const std::string& pointer,
                       int digits) const {
  const Json* value = at(index, pointer);
  if (value == nullptr) return {kUnknown};
  return {fmt::format("{:.{}f}", value->get<double>(), digits), place(*index, pointer),
          fmt::format("{} digits", digits)};
}

Cell Results::verdict(std::size_t index) const {
  const Json& one = list_[index];
  if (const Json* mismatches = at(index, "/validation/mismatches");
      mismatches != nullptr && *mismatches != 0) {
    return {fmt::format("{} of {} differ", grouped(mismatches->get<std::uint64_t>()),
                        grouped(one["validation"].at("outputs").get<std::uint64_t>()))};
  }
  if (one.contains("failures")) {
    const Json& first = one["failures"][0];
    return {fmt::format("{} failed ({})", first.at("step").get<std::string>(),
                        first.at("code").get<int>())};
  }
  return {fmt::format("exact ({})", one.at("validation").at("samples").get<int>())};
}

std::string Results::title(std::size_t index) const {
  const Json& one = list_[index];
  const auto text = [&](const char* key) { return one.value(key, std::string()); };
  std::string title = fmt::format("{} -O {}", text("board"), text("optimize"));
  if (text("offload") == "none") title += " --offload none";
  if (text("weights") == "data") title += " --weights data";
  if (text("signedness") == "keep") title += " --signedness keep";
  if (text("isa") != "rv32imac") title += " --isa " + text("isa");
  return title;
}

}  // namespace thimble::zoo
