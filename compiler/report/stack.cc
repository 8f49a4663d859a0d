// See stack.h. The need of a function is the most of its own depth and, for each call, the depth at
// the call plus the callee's need: found by passing needs up the graph until nothing changes. A
// need that never settles is a recursion.
#include "compiler/report/stack.h"

#include <algorithm>
#include <optional>
#include <set>

#include "compiler/report/code.h"
#include "compiler/report/names.h"

namespace thimble {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::size_t kFar = kNone;

struct Edge {
  std::size_t callee;
  std::uint32_t depth;
  bool through_register;
};

struct Node {
  const Function* function = nullptr;
  std::vector<Edge> edges;
  std::uint32_t need = 0;
  std::size_t deepest = kNone;  ///< index of the edge that makes the need
  std::size_t distance = 0;     ///< direct calls from the entry; large: not by these
};

std::uint32_t word_at(std::span<const std::uint8_t> bytes, std::size_t offset) {
  return bytes[offset] | std::uint32_t{bytes[offset + 1]} << 8 |
         std::uint32_t{bytes[offset + 2]} << 16 | std::uint32_t{bytes[offset + 3]} << 24;
}

class Graph {
 public:
  Graph(const ElfFile& elf, const StackOptions& options)
      : elf_(elf), functions_(analyze_code(elf, options.vector_bytes)), nodes_(functions_.size()) {
    const std::vector<std::size_t> taken = address_taken();
    for (std::size_t i = 0; i < functions_.size(); ++i) {
      nodes_[i].function = &functions_[i];
      const auto named = named_callees(functions_[i], options);
      for (const Call& call : functions_[i].calls) {
        if (!call.target) {
          for (const std::size_t callee : named.value_or(taken)) {
            nodes_[i].edges.push_back({callee, call.depth, true});
          }
        } else if (const auto callee = index_at(*call.target)) {
          nodes_[i].edges.push_back({*callee, call.depth, false});
        }
      }
    }
  }

  Result<StackNeed> need(std::string_view entry) {
    const Symbol* symbol = elf_.find_symbol(entry);
    const auto start = symbol == nullptr ? std::nullopt : index_at(symbol->address);
    if (!start) {
      return fail(ExitCode::kToolFailed, "{}: has no function {}", elf_.path().string(), entry);
    }
    measure_distances(*start);
    const std::vector<std::size_t> reached = reachable(*start);
    for (const std::size_t i : reached) {
      for (const Call& call : functions_[i].calls) {
        if (!call.target || *call.target == 0 || index_at(*call.target)) continue;
        return fail(ExitCode::kToolFailed, "{}: function {} calls {:#x}, which has no symbol",
                    elf_.path().string(), demangle(functions_[i].name), *call.target);
      }
      if (!functions_[i].constant) {
        return fail(ExitCode::kToolFailed,
                    "{}: function {} (reached from {}) has a stack frame whose size is not "
                    "constant; use no variable-length arrays or alloca there",
                    elf_.path().string(), demangle(functions_[i].name), entry);
      }
    }
    while (const auto cycle = settle(reached)) TRY(cut(*cycle));
    return path_from(*start);
  }

 private:
  [[nodiscard]] std::optional<std::size_t> index_at(std::uint32_t address) const {
    const Function* function = function_at(functions_, address);
    if (function == nullptr) return std::nullopt;
    return static_cast<std::size_t>(function - functions_.data());
  }

  [[nodiscard]] std::optional<std::vector<std::size_t>> named_callees(
      const Function& function, const StackOptions& options) const {
    const auto matches = [](const Function& candidate, const std::string& name) {
      return candidate.name == name || without_parameters(demangle(candidate.name)) == name;
    };
    for (const auto& [caller, callees] : options.callees) {
      if (!matches(function, caller)) continue;
      std::vector<std::size_t> indices;
      for (std::size_t i = 0; i < functions_.size(); ++i) {
        if (std::ranges::any_of(callees,
                                [&](const auto& name) { return matches(functions_[i], name); })) {
          indices.push_back(i);
        }
      }
      return indices;
    }
    return std::nullopt;
  }

  // Functions whose start stands as a word in data or is formed by code.
  [[nodiscard]] std::vector<std::size_t> address_taken() const {
    std::set<std::size_t> taken;
    const auto take = [&](std::uint32_t address) {
      const auto index = index_at(address);
      if (index && functions_[*index].address == address) taken.insert(*index);
    };
    for (const Section& section : elf_.sections()) {
      if (!section.allocated || section.executable) continue;
      const auto bytes = elf_.bytes(section);
      for (std::size_t offset = (0u - section.address) & 3; offset + 4 <= bytes.size();
           offset += 4) {
        take(word_at(bytes, offset));
      }
    }
    for (const Function& function : functions_) {
      for (const std::uint32_t address : function.references) take(address);
    }
    return {taken.begin(), taken.end()};
  }

  void measure_distances(std::size_t start) {
    for (Node& node : nodes_) node.distance = kFar;
    nodes_[start].distance = 0;
    std::vector<std::size_t> queue{start};
    for (std::size_t at = 0; at < queue.size(); ++at) {
      for (const Edge& edge : nodes_[queue[at]].edges) {
        if (edge.through_register || nodes_[edge.callee].distance != kFar) continue;
        nodes_[edge.callee].distance = nodes_[queue[at]].distance + 1;
        queue.push_back(edge.callee);
      }
    }
  }

  [[nodiscard]] std::vector<std::size_t> reachable(std::size_t start) const {
    std::vector<bool> seen(nodes_.size());
    std::vector<std::size_t> queue{start};
    seen[start] = true;
    for (std::size_t at = 0; at < queue.size(); ++at) {
      for (const Edge& edge : nodes_[queue[at]].edges) {
        if (seen[edge.callee]) continue;
        seen[edge.callee] = true;
        queue.push_back(edge.callee);
      }
    }
    return queue;
  }

  // Passes needs up. Returns the nodes of a cycle that makes them grow without end, if there is
  // one.
  std::optional<std::vector<std::size_t>> settle(const std::vector<std::size_t>& reached) {
    for (const std::size_t i : reached) {
      nodes_[i].need = nodes_[i].function->depth;
      nodes_[i].deepest = kNone;
    }
    std::size_t changed = kFar;
    for (std::size_t round = 0; round <= reached.size(); ++round) {
      changed = kFar;
      for (const std::size_t i : reached) {
        Node& node = nodes_[i];
        for (std::size_t e = 0; e < node.edges.size(); ++e) {
          const std::uint32_t need = node.edges[e].depth + nodes_[node.edges[e].callee].need;
          if (need <= node.need) continue;
          node.need = need;
          node.deepest = e;
          changed = i;
        }
      }
      if (changed == kFar) return std::nullopt;
    }
    // Following the deepest edges from what still changes leads into the cycle.
    std::size_t at = changed;
    for (std::size_t i = 0; i < reached.size(); ++i) at = next(at);
    std::vector<std::size_t> cycle{at};
    for (std::size_t i = next(at); i != at; i = next(i)) cycle.push_back(i);
    return cycle;
  }

  [[nodiscard]] std::size_t next(std::size_t i) const {
    return nodes_[i].edges[nodes_[i].deepest].callee;
  }

  // Takes out of a cycle the call through a register that leads back the furthest, since such calls
  // don't recurse here. A cycle of direct calls is a recursion.
  Status cut(const std::vector<std::size_t>& cycle) {
    std::size_t best = kNone;
    for (const std::size_t i : cycle) {
      if (!nodes_[i].edges[nodes_[i].deepest].through_register) continue;
      if (best == kNone || nodes_[next(i)].distance < nodes_[next(best)].distance) best = i;
    }
    if (best == kNone) {
      std::vector<std::string> names;
      names.reserve(cycle.size() + 1);
      for (const std::size_t i : cycle) names.push_back(demangle(functions_[i].name));
      names.push_back(names.front());
      return fail(ExitCode::kToolFailed,
                  "{}: no bound for the stack, functions call each other in a circle: {}",
                  elf_.path().string(), fmt::join(names, " -> "));
    }
    const std::size_t callee = next(best);
    std::erase_if(nodes_[best].edges,
                  [&](const Edge& edge) { return edge.through_register && edge.callee == callee; });
    return {};
  }

  [[nodiscard]] StackNeed path_from(std::size_t start) const {
    StackNeed result{nodes_[start].need, {}};
    for (std::size_t at = start;; at = next(at)) {
      const Node& node = nodes_[at];
      const std::uint32_t frame =
          node.deepest != kNone ? node.edges[node.deepest].depth : node.function->depth;
      result.path.push_back({demangle(node.function->name), frame});
      if (node.deepest == kNone) return result;
    }
  }

  const ElfFile& elf_;
  std::vector<Function> functions_;
  std::vector<Node> nodes_;
};

}  // namespace

Result<StackNeed> stack_need(const ElfFile& elf, std::string_view entry,
                             const StackOptions& options) {
  return Graph(elf, options).need(entry);
}

}  // namespace thimble
