// See tables.h.
#include "compiler/zoo/tables.h"

#include <fmt/format.h>

namespace thimble::zoo {
namespace {

using Json = nlohmann::ordered_json;

std::string joined(const Json& names) {
  std::string text;
  for (const Json& name : names) text += (text.empty() ? "" : ", ") + name.get<std::string>();
  return text.empty() ? "none" : text;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) quoted += letter == '"' ? "\"\"" : std::string(1, letter);
  return quoted + "\"";
}

std::string csv_value(const Json& result, const std::string& pointer) {
  const Json::json_pointer path(pointer);
  if (!result.contains(path)) return "";
  const Json& value = result.at(path);
  return csv_field(value.is_string() ? value.get<std::string>() : value.dump());
}

}  // namespace

std::optional<std::size_t> smallest(const Results& results, const std::string& model) {
  const auto in_flash = results.find({.model = model, .layout = "xip", .optimize = "size"});
  return in_flash ? in_flash : results.find({.model = model, .optimize = "size"});
}

Table overview(const Results& results) {
  Table table{{{"model", false},
               {"MACs"},
               {"flash, KB"},
               {"RAM, KB"},
               {"instr./MAC, size"},
               {"instr./MAC, speed"},
               {"metric", false},
               {"float"},
               {"int8"},
               {"on the target"},
               {"of inputs"}},
              {}};
  for (const std::string& model : results.models()) {
    const auto size = smallest(results, model);
    const auto speed = results.find({.model = model, .optimize = "speed"});
    const std::string metric =
        size ? results[*size].value(Json::json_pointer("/accuracy/metric"), std::string("–")) : "–";
    table.rows.push_back({{model},
                          results.number(size, "/inference/macs"),
                          results.kilobytes(size, "/memory/flash"),
                          results.kilobytes(size, "/memory/ram"),
                          results.fraction(size, "/inference/instructions_per_mac", 2),
                          results.fraction(speed, "/inference/instructions_per_mac", 2),
                          {metric},
                          results.fraction(size, "/accuracy/float", 3),
                          results.fraction(size, "/accuracy/int8", 3),
                          results.fraction(size, "/accuracy/target", 3),
                          results.number(size, "/accuracy/inputs")});
  }
  return table;
}

Table options_table(const Results& results, const std::string& model) {
  Table table{{{"board and options", false},
               {"text"},
               {"data"},
               {"bss"},
               {"flash"},
               {"RAM"},
               {"weights"},
               {"model code"},
               {"system code"},
               {"arena"},
               {"instructions"},
               {"per MAC"},
               {"validated", false}},
              {}};
  for (const std::size_t i : results.of(model)) {
    table.rows.push_back({{results.title(i)},
                          results.number(i, "/memory/berkeley/text"),
                          results.number(i, "/memory/berkeley/data"),
                          results.number(i, "/memory/berkeley/bss"),
                          results.number(i, "/memory/flash"),
                          results.number(i, "/memory/ram"),
                          results.number(i, "/memory/weights"),
                          results.number(i, "/memory/model_code"),
                          results.number(i, "/memory/system_code"),
                          results.number(i, "/memory/arena"),
                          results.number(i, "/inference/instructions"),
                          results.fraction(i, "/inference/instructions_per_mac", 2),
                          results.verdict(i)});
  }
  return table;
}

Table soft_float_table(const Results& results, const std::string& model) {
  Table table{{{"board and options", false}, {"bytes"}, {"resolved symbols", false}}, {}};
  for (const std::size_t i : results.of(model)) {
    const Json& one = results[i];
    if (!one.contains("soft_float") ||
        one.at("board") != results[results.of(model)[0]].at("board") ||
        one.at("weights") == "data" || one.at("signedness") == "keep")
      continue;
    table.rows.push_back({{results.title(i)},
                          results.number(i, "/soft_float/bytes"),
                          {joined(one["soft_float"].at("symbols"))}});
  }
  return table;
}

Table failures_table(const Results& results) {
  Table table{
      {{"model", false}, {"board and options", false}, {"step", false}, {"code"}, {"why", false}},
      {}};
  for (std::size_t i = 0; i < results.size(); ++i) {
    for (const Json& failure : results[i].value("failures", Json::array())) {
      table.rows.push_back({{results[i].at("model")},
                            {results.title(i)},
                            {failure.at("step")},
                            {std::to_string(failure.at("code").get<int>())},
                            {failure.at("message")}});
    }
  }
  return table;
}

std::string to_csv(const Results& results) {
  static const std::vector<std::string> pointers{"/model",
                                                 "/board",
                                                 "/layout",
                                                 "/isa",
                                                 "/optimize",
                                                 "/offload",
                                                 "/weights",
                                                 "/signedness",
                                                 "/memory/berkeley/text",
                                                 "/memory/berkeley/data",
                                                 "/memory/berkeley/bss",
                                                 "/memory/flash",
                                                 "/memory/ram",
                                                 "/memory/weights",
                                                 "/memory/model_code",
                                                 "/memory/system_code",
                                                 "/memory/arena",
                                                 "/memory/stacks",
                                                 "/memory/stack_peak",
                                                 "/inference/macs",
                                                 "/inference/instructions",
                                                 "/inference/instructions_per_mac",
                                                 "/validation/samples",
                                                 "/validation/mismatches",
                                                 "/accuracy/metric",
                                                 "/accuracy/target",
                                                 "/failures/0/message"};
  std::string text;
  for (const std::string& pointer : pointers) {
    std::string name = pointer.substr(1);
    for (char& letter : name) letter = letter == '/' ? '.' : letter;
    text += (text.empty() ? "" : ",") + name;
  }
  text += "\n";
  for (std::size_t i = 0; i < results.size(); ++i) {
    std::string line;
    for (const std::string& pointer : pointers) line += csv_value(results[i], pointer) + ",";
    line.back() = '\n';
    text += line;
  }
  return text;
}

}  // namespace thimble::zoo
