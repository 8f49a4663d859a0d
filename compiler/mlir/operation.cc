// Looking into operations, and printing them. See operation.h.
#include "compiler/mlir/operation.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace thimble::mlir {

const std::string* Operation::find(std::string_view key) const {
  for (const Attributes* list : {&properties, &attributes}) {
    for (const auto& [known, text] : *list) {
      if (known == key) return &text;
    }
  }
  return nullptr;
}

void Operation::set(std::string_view key, std::string value) {
  const auto place = std::ranges::find(properties, key, &Attributes::value_type::first);
  if (place != properties.end()) {
    place->second = std::move(value);
  } else {
    properties.emplace_back(key, std::move(value));
  }
}

namespace {

// Adds the names in the text of a location, following aliases. `"x.mlir":3:5` is a place in a file.
void add_names(const std::map<std::string, std::string>& aliases, std::string_view text, int depth,
               std::vector<std::string>& names) {
  constexpr int kDeepest = 16;
  if (depth > kDeepest) return;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      const std::size_t end = std::min(text.find('"', at + 1), text.size());
      std::string name(text.substr(at + 1, end - at - 1));
      at = std::min(end + 1, text.size());
      const bool is_file = text.substr(at).starts_with(':');
      if (!is_file && std::ranges::find(names, name) == names.end())
        names.push_back(std::move(name));
    } else if (text[at] == '#') {
      const std::size_t end = std::min(
          text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", at + 1), text.size());
      const auto alias = aliases.find(std::string(text.substr(at, end - at)));
      if (alias != aliases.end()) add_names(aliases, alias->second, depth + 1, names);
      at = end;
    } else {
      ++at;
    }
  }
}

}  // namespace

std::vector<std::string> Module::location_names(const Operation& operation) const {
  std::vector<std::string> names;
  add_names(aliases, operation.location, 0, names);
  return names;
}

std::string Module::location_name(const Operation& operation) const {
  const std::vector<std::string> names = location_names(operation);
  return names.empty() ? std::string() : names.front();
}

namespace {

void print_attributes(std::string& out, const Attributes& attributes) {
  const char* separator = "";
  for (const auto& [key, value] : attributes) {
    out += separator;
    out += key;
    if (!value.empty()) out.append(" = ").append(value);
    separator = ", ";
  }
}

void print_list(std::string& out, const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) out.append(i == 0 ? "" : ", ").append(words[i]);
}

void print(std::string& out, const Module& module, const Operation& operation, int indent);

void print(std::string& out, const Module& module, const Region& region, int indent) {
  out += "{\n";
  for (const Block& block : region.blocks) {
    if (!block.label.empty()) {
      out.append(indent, ' ').append(block.label);
      if (!block.arguments.empty()) {
        out += '(';
        for (std::size_t i = 0; i < block.arguments.size(); ++i) {
          out.append(i == 0 ? "" : ", ").append(block.arguments[i].first);
          out.append(": ").append(block.arguments[i].second);
        }
        out += ')';
      }
      out += ":\n";
    }
    for (const Operation& operation : block.operations) print(out, module, operation, indent + 2);
  }
  out.append(indent, ' ').append("}");
}

void print(std::string& out, const Module& module, const Operation& operation, int indent) {
  out.append(indent, ' ');
  if (!operation.results.empty()) {
    const std::string& first = operation.results[0];
    const std::size_t hash = first.find('#');
    out += first.substr(0, hash);
    if (hash != std::string::npos) out += fmt::format(":{}", operation.results.size());
    out += " = ";
  }
  out.append("\"").append(operation.name).append("\"(");
  print_list(out, operation.operands);
  out += ")";
  if (!operation.successors.empty()) {
    out += "[";
    print_list(out, operation.successors);
    out += "]";
  }
  if (!operation.properties.empty()) {
    out += " <{";
    print_attributes(out, operation.properties);
    out += "}>";
  }
  if (!operation.regions.empty()) {
    out += " (";
    for (std::size_t i = 0; i < operation.regions.size(); ++i) {
      if (i != 0) out += ", ";
      print(out, module, operation.regions[i], indent);
    }
    out += ")";
  }
  if (!operation.attributes.empty()) {
    out += " {";
    print_attributes(out, operation.attributes);
    out += "}";
  }
  out += " : (";
  print_list(out, operation.operand_types);
  out += ") -> (";
  print_list(out, operation.result_types);
  const std::string name = module.location_name(operation);
  out += name.empty() ? ")\n" : fmt::format(") loc(\"{}\")\n", name);
}

}  // namespace

std::string print(const Module& module) {
  std::string out;
  for (const auto& [name, definition] : module.aliases) {
    if (!name.starts_with("#loc")) out.append(name).append(" = ").append(definition).append("\n");
  }
  for (const Operation& operation : module.operations) print(out, module, operation, 0);
  return out;
}

std::vector<std::int64_t> integers(std::string_view attribute) {
  std::vector<std::int64_t> values;
  const std::size_t open = attribute.find_first_of("[<");
  std::string_view list = attribute;
  if (open != std::string_view::npos) {
    list = attribute.substr(open + 1, attribute.find_last_of("]>") - open - 1);
  }
  // "i64: 1, 2" and "[1 : i32, 2 : i32]": a type may stand before all numbers or after each.
  const std::size_t nested = list.find('[');
  if (nested != std::string_view::npos) list.remove_prefix(nested + 1);
  if (list.starts_with('i') && list.find(':') != std::string_view::npos) {
    list.remove_prefix(list.find(':') + 1);
  }
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t start = list.find_first_not_of(" ,", at);
    if (start == std::string_view::npos) break;
    std::int64_t value = 0;
    const auto [end, error] =
        std::from_chars(list.data() + start, list.data() + list.size(), value);
    if (error != std::errc()) break;
    values.push_back(value);
    at = std::min(list.find(',', static_cast<std::size_t>(end - list.data())), list.size());
  }
  return values;
}

std::int64_t TensorType::count() const {
  std::int64_t product = 1;
  for (const std::int64_t extent : shape) product *= extent;
  return product;
}

std::optional<TensorType> tensor_type(std::string_view type) {
  if (!type.starts_with("tensor<") || !type.ends_with('>')) return std::nullopt;
  std::string_view inside = type.substr(7, type.size() - 8);
  TensorType result;
  for (;;) {
    std::int64_t extent = 0;
    const auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), extent);
    if (error != std::errc() || end == inside.data() + inside.size() || *end != 'x') break;
    result.shape.push_back(extent);
    inside.remove_prefix(static_cast<std::size_t>(end - inside.data()) + 1);
  }
  if (inside.empty() || inside.front() == '?' || inside.front() == '*') return std::nullopt;
  result.element = inside;
  return result;
}

std::string print(const TensorType& type) {
  std::string text = "tensor<";
  for (const std::int64_t extent : type.shape) text += fmt::format("{}x", extent);
  return text + type.element + '>';
}

}  // namespace thimble::mlir
