// See ownership.h.
#include "compiler/profile/ownership.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <span>
#include <string>

namespace thimble::profile {
namespace {

constexpr int kNobody = -1;

// "t17" -> 17; -1 for anything else.
int tensor_index(std::string_view name) {
  int index = -1;
  if (!name.starts_with('t')) return -1;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), index);
  return error == std::errc() && end == name.data() + name.size() ? index : -1;
}

std::vector<std::string> names_of(const plan::Step& step, const Network& network) {
  if (step.kind == plan::StepKind::kMicrokernel)
    return {network.plan.layers[static_cast<std::size_t>(step.layer)].layer.tensor};
  const auto found = network.names.find(step.function);
  return found == network.names.end() ? std::vector<std::string>{} : found->second;
}

bool touch(const plan::Binding& a, const plan::Binding& b) {
  return a.in_arena && b.in_arena && a.offset < b.offset + b.length &&
         b.offset < a.offset + a.length;
}

bool touches(const plan::Step& step, std::span<const plan::Binding> memory) {
  return std::ranges::any_of(step.bindings, [&](const plan::Binding& mine) {
    return std::ranges::any_of(memory,
                               [&](const plan::Binding& other) { return touch(mine, other); });
  });
}

// What a step makes, as far as that is known.
std::span<const plan::Binding> made_by(const plan::Step& step) {
  const bool moves = step.kind == plan::StepKind::kFill || step.kind == plan::StepKind::kCopy;
  return std::span(step.bindings).first(moves ? 1 : step.bindings.size());
}

// Gives a step that names no operator to the next step that touches what it makes, else to the last
// one that touched what it uses.
void settle_nameless(const std::vector<plan::Step>& steps, std::vector<int>& owners) {
  for (std::size_t s = steps.size(); s-- > 0;) {
    for (std::size_t later = s + 1; owners[s] == kNobody && later < steps.size(); ++later) {
      if (touches(steps[later], made_by(steps[s]))) owners[s] = owners[later];
    }
  }
  for (std::size_t s = 0; s < steps.size(); ++s) {
    for (std::size_t before = s; owners[s] == kNobody && before-- > 0;) {
      if (touches(steps[before], steps[s].bindings)) owners[s] = owners[before];
    }
    if (owners[s] == kNobody) owners[s] = 0;
  }
}

}  // namespace

Ownership ownership(const tflite::Model& model, const Network& network) {
  std::map<int, int> makers;  // tensor -> operator
  std::map<int, std::vector<int>> readers;
  for (std::size_t i = 0; i < model.operators.size(); ++i) {
    for (const int tensor : model.operators[i].outputs) makers[tensor] = static_cast<int>(i);
    for (const int tensor : model.operators[i].inputs)
      readers[tensor].push_back(static_cast<int>(i));
  }
  Ownership result;
  for (const plan::Step& step : network.plan.steps) {
    int owner = kNobody;
    for (const std::string& name : names_of(step, network)) {
      const auto maker = makers.find(tensor_index(name));
      if (maker != makers.end()) owner = std::max(owner, maker->second);
    }
    result.of_steps.push_back(owner);
  }
  for (std::size_t s = 0; s + 1 < result.of_steps.size(); ++s) {  // a stream is its first stage's
    if (network.plan.steps[s].kind == plan::StepKind::kStream)
      result.of_steps[s] = result.of_steps[s + 1];
  }
  settle_nameless(network.plan.steps, result.of_steps);

  result.of_operators.assign(model.operators.size(), kNobody);
  for (const int owner : result.of_steps) {
    if (static_cast<std::size_t>(owner) < model.operators.size())
      result.of_operators[static_cast<std::size_t>(owner)] = owner;
  }
  for (std::size_t i = model.operators.size(); i-- > 0;) {
    if (result.of_operators[i] != kNobody) continue;
    for (const int tensor : model.operators[i].outputs) {
      for (const int reader : readers[tensor]) {
        if (result.of_operators[i] == kNobody)
          result.of_operators[i] = result.of_operators[static_cast<std::size_t>(reader)];
      }
    }
  }
  for (std::size_t i = 0; i < model.operators.size(); ++i) {
    for (const int tensor : model.operators[i].inputs) {
      const auto maker = makers.find(tensor);
      if (result.of_operators[i] == kNobody && maker != makers.end())
        result.of_operators[i] = result.of_operators[static_cast<std::size_t>(maker->second)];
    }
    if (result.of_operators[i] == kNobody) result.of_operators[i] = static_cast<int>(i);
  }
  return result;
}

}  // namespace thimble::profile
