// The reader of MLIR's generic form: a recursive descent over
//   [%r[:n] =] "name"(operands) [successors] <{properties}> ({regions}) {attributes} : types
//   loc(...)
#include <cctype>

#include "compiler/mlir/operation.h"

namespace thimble::mlir {
namespace {

constexpr int kDeepestNesting = 64;

class Parser {
 public:
  Parser(std::string_view text, std::string_view origin) : text_(text), origin_(origin) {}

  Result<Module> module() {
    Module module;
    for (skip_space(); at_ < text_.size(); skip_space()) {
      if (peek() == '#' || peek() == '!') {
        const std::string name = word();
        if (!take("=")) return wrong("'=' after an alias");
        const bool is_location = name.starts_with("#loc");
        module.aliases[name] = is_location ? location() : std::string(raw("\n"));
      } else {
        Operation operation;
        TRY(parse(operation, 0));
        module.operations.push_back(std::move(operation));
      }
    }
    return module;
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() {
    while (at_ < text_.size()) {
      if (std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
        ++at_;
      } else if (text_.substr(at_, 2) == "//") {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  bool take(std::string_view token) {
    skip_space();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }

  bool next_is(std::string_view token) {
    skip_space();
    return text_.substr(at_, token.size()) == token;
  }

  [[nodiscard]] std::unexpected<Error> wrong(std::string_view wanted) const {
    std::size_t line = 1;
    for (std::size_t i = 0; i < std::min(at_, text_.size()); ++i) line += text_[i] == '\n';
    return fail(ExitCode::kToolFailed, "{}:{}: {} expected; is the pinned compiler installed?",
                origin_, line, wanted);
  }

  // A name with its sigil: %5, %5#1, ^bb2, #map, !type, key.
  std::string word() {
    skip_space();
    const std::size_t start = at_;
    if (peek() == '"') return std::string(quoted());
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (std::isalnum(static_cast<unsigned char>(c)) == 0 &&
          std::string_view("%^#!_.$-").find(c) == std::string_view::npos) {
        break;
      }
      ++at_;
    }
    return std::string(text_.substr(start, at_ - start));
  }

  // "..." without its quotes, escapes left as they are.
  std::string_view quoted() {
    const std::size_t start = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    at_ = std::min(at_, text_.size());
    const std::string_view inside = text_.substr(start, at_ - start);
    at_ = std::min(at_ + 1, text_.size());
    return inside;
  }

  // Text up to one of `ends` outside all brackets and strings. An arrow's '>' closes nothing.
  std::string_view raw(std::string_view ends) {
    skip_space();
    const std::size_t start = at_;
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (depth == 0 && ends.find(c) != std::string_view::npos) break;
      if (c == '"') {
        quoted();
        continue;
      }
      if (c == '-' && text_.substr(at_, 2) == "->") {
        at_ += 2;
        continue;
      }
      if (std::string_view("([{<").find(c) != std::string_view::npos) ++depth;
      if (std::string_view(")]}>").find(c) != std::string_view::npos) {
        if (depth == 0) break;
        --depth;
      }
      ++at_;
    }
    std::string_view found = text_.substr(start, std::min(at_, text_.size()) - start);
    while (!found.empty() && std::isspace(static_cast<unsigned char>(found.back())) != 0) {
      found.remove_suffix(1);
    }
    return found;
  }

  std::string location() {
    if (!take("loc(")) return {};
    const std::string inside(raw(""));
    take(")");
    return inside;
  }

  Status attributes(Attributes& into, std::string_view close) {
    while (!take(close)) {
      const std::string key = word();
      if (key.empty()) return wrong("an attribute's name");
      into.emplace_back(key, take("=") ? std::string(raw(",")) : std::string());
      take(",");
    }
    return {};
  }

  Status types(std::vector<std::string>& into) {
    if (!take("(")) {
      // One bare type: it ends where the location or the line does.
      into.emplace_back(raw(" \n,)"));
      return {};
    }
    while (!take(")")) {
      into.emplace_back(raw(","));
      if (into.back().empty()) return wrong("a type");
      take(",");
    }
    return {};
  }

  Status parse(Region& region, int depth) {
    if (!take("{")) return wrong("'{'");
    while (!take("}")) {
      if (at_ >= text_.size()) return wrong("'}'");
      Block block;
      if (next_is("^")) {
        block.label = word();
        if (take("(")) {
          while (!take(")")) {
            const std::string name = word();
            if (!take(":")) return wrong("':' after a block argument");
            std::string type(raw(" ,"));
            location();
            block.arguments.emplace_back(name, std::move(type));
            take(",");
            if (at_ >= text_.size()) return wrong("')'");
          }
        }
        if (!take(":")) return wrong("':' after a block's label");
      }
      while (!next_is("}") && !next_is("^")) {
        Operation operation;
        TRY(parse(operation, depth));
        block.operations.push_back(std::move(operation));
      }
      region.blocks.push_back(std::move(block));
    }
    return {};
  }

  Status parse(Operation& operation, int depth) {
    if (depth > kDeepestNesting) return wrong("shallower nesting");
    TRY(parse_results(operation));
    if (!next_is("\"")) return wrong("an operation's quoted name");
    operation.name = word();
    if (!take("(")) return wrong("'(' before the operands");
    while (!take(")")) {
      operation.operands.push_back(word());
      if (operation.operands.back().empty()) return wrong("an operand");
      take(",");
    }
    if (take("[")) {
      while (!take("]")) {
        operation.successors.push_back(word());
        if (operation.successors.back().empty()) return wrong("a successor");
        take(",");
      }
    }
    if (take("<{")) TRY(attributes(operation.properties, "}>"));
    if (take("(")) {
      while (!take(")")) {
        operation.regions.emplace_back();
        TRY(parse(operation.regions.back(), depth + 1));
        take(",");
      }
    }
    if (take("{")) TRY(attributes(operation.attributes, "}"));
    if (!take(":")) return wrong("':' before the types");
    TRY(types(operation.operand_types));
    if (!take("->")) return wrong("'->'");
    TRY(types(operation.result_types));
    operation.location = location();
    return {};
  }

  Status parse_results(Operation& operation) {
    if (!next_is("%")) return {};
    const std::string name = word();
    int count = 1;
    const bool many = take(":");
    if (many) count = std::atoi(word().c_str());
    if (!take("=")) return wrong("'=' after the results");
    for (int i = 0; i < count; ++i) {
      operation.results.push_back(many ? fmt::format("{}#{}", name, i) : name);
    }
    return {};
  }

  std::string_view text_;
  std::string_view origin_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Module> parse(std::string_view text, std::string_view origin) {
  return Parser(text, origin).module();
}

}  // namespace thimble::mlir
