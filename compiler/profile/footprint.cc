// See footprint.h.
#include "compiler/profile/footprint.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace thimble::profile {
namespace {

constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

// The step whose table a symbol of plan.cc is: 12 of "...::kBindings12".
std::size_t step_of_table(std::string_view symbol, std::size_t steps) {
  for (const std::string_view table :
       {"::kBindings", "::kLengths", "::kDetail", "::kOps", "::kWindows"}) {
    const std::size_t at = symbol.rfind(table);
    if (at == std::string_view::npos) continue;
    std::size_t step = kNobody;
    const char* const digits = symbol.data() + at + table.size();
    const auto [end, error] = std::from_chars(digits, symbol.data() + symbol.size(), step);
    if (error == std::errc() && end == symbol.data() + symbol.size() && step < steps) return step;
  }
  return kNobody;
}

// "conv2d" of ".../microkernels/rv32im/conv2d.cc.o"
std::string source_of(const std::string& object) {
  return std::filesystem::path(object).stem().stem().string();
}

// Who is the first to use each byte of the block of constants.
std::vector<std::size_t> owners_of_constants(const plan::Plan& plan) {
  std::vector<std::size_t> owners(plan.constants.size(), kNobody);
  const auto claim = [&](std::uint64_t start, std::uint64_t end, std::size_t step) {
    for (std::uint64_t at = start; at < std::min<std::uint64_t>(end, owners.size()); ++at) {
      if (owners[at] == kNobody) owners[at] = step;
    }
  };
  // The constants of layers stand one behind the other at the end of the block.
  std::vector<std::uint64_t> starts{owners.size()};
  for (const plan::PlannedLayer& layer : plan.layers)
    starts.insert(starts.end(), layer.constants.begin(), layer.constants.end());
  std::ranges::sort(starts);
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const plan::Step& step = plan.steps[s];
    for (const plan::Binding& binding : step.bindings) {
      if (!binding.in_arena) claim(binding.offset, binding.offset + binding.length, s);
    }
    if (step.kind != plan::StepKind::kMicrokernel) continue;
    for (const std::uint64_t start : plan.layers[static_cast<std::size_t>(step.layer)].constants) {
      const auto next = std::ranges::upper_bound(starts, start);
      claim(start, next == starts.end() ? owners.size() : *next, s);
    }
  }
  return owners;
}

class Counter {
 public:
  Counter(const plan::Plan& plan, const std::vector<Function>& functions)
      : plan_(plan), functions_(functions) {
    result_.steps.resize(plan_.steps.size());
    for (std::size_t s = plan_.steps.size(); s-- > 0;) {
      if (!plan_.steps[s].function.empty()) users_[plan_.steps[s].function] = s;
    }
  }

  Footprint count(const Breakdown& breakdown) {
    for (const Holding& holding : breakdown.holdings) {
      if (holding.kind <= MemoryKind::kData) add(holding);
    }
    return std::move(result_);
  }

 private:
  void add(const Holding& holding) {
    switch (holding.part) {
      case Part::kGeneratedCode:
        add_function(holding);
        return;
      case Part::kMicrokernels:
        result_.microkernels[source_of(holding.object)] += holding.size;
        return;
      case Part::kModelSupport:
        result_.support += holding.size;
        return;
      case Part::kPlan:
        add_table(holding);
        return;
      case Part::kWeights:
        add_constants(holding);
        return;
      default:
        return;
    }
  }

  void add_function(const Holding& holding) {
    const auto user = users_.find(holding.name);
    if (user == users_.end()) {
      result_.support += holding.size;
    } else {
      result_.steps[user->second].code += holding.size;
    }
  }

  void add_table(const Holding& holding) {
    const std::size_t steps = result_.steps.size();
    const std::size_t step = step_of_table(holding.name, steps);
    if (step != kNobody) {
      result_.steps[step].code += holding.size;
    } else if (holding.name.ends_with("::kSteps") && steps > 0 && holding.size % steps == 0) {
      for (FlashBytes& bytes : result_.steps) bytes.code += holding.size / steps;
    } else {
      result_.plan.code += holding.size;
    }
  }

  void add_constants(const Holding& holding) {
    if (holding.name.ends_with("_constants") && holding.size == plan_.constants.size()) {
      for (const std::size_t owner : owners_of_constants(plan_))
        (owner == kNobody ? result_.plan : result_.steps[owner]).constants += 1;
      return;
    }
    // Constants that IREE left beside its functions belong to the first step that refers to them.
    std::size_t first = kNobody;
    for (const Function& function : functions_) {
      const auto user = users_.find(function.name);
      if (user == users_.end()) continue;
      const bool refers = std::ranges::any_of(function.references, [&](std::uint32_t address) {
        return address >= holding.address && address < holding.address + holding.size;
      });
      if (refers) first = std::min(first, user->second);
    }
    (first == kNobody ? result_.plan : result_.steps[first]).constants += holding.size;
  }

  const plan::Plan& plan_;
  const std::vector<Function>& functions_;
  std::map<std::string, std::size_t> users_;  // function -> the first step that calls it
  Footprint result_;
};

}  // namespace

Footprint footprint(const plan::Plan& plan, const Breakdown& breakdown,
                    const std::vector<Function>& functions) {
  return Counter(plan, functions).count(breakdown);
}

}  // namespace thimble::profile
