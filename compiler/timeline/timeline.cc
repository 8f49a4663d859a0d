// See timeline.h.
#include "compiler/timeline/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/profile/names.h"
#include "compiler/profile/ownership.h"
#include "compiler/timeline/outlines.h"

namespace thimble::timeline {
namespace {

constexpr int kBeforeAll = -1;

bool is_move(const plan::Step& step) {
  return step.kind == plan::StepKind::kCopy && step.bindings[1].in_arena &&
         step.bindings[0].tensor == step.bindings[1].tensor;
}

const char* by_whom(const plan::Step& step) {
  switch (step.kind) {
    case plan::StepKind::kMicrokernel:
      return "microkernel";
    case plan::StepKind::kDispatch:
      return "generated";
    case plan::StepKind::kFill:
      return "fill";
    case plan::StepKind::kStream:
      return "stream";
    case plan::StepKind::kCopy:
      break;
  }
  return is_move(step) ? "move" : "copy";
}

class Maker {
 public:
  Maker(const tflite::Model& model, const Network& network)
      : model_(model), network_(network), plan_(network.plan) {}

  Timeline run() {
    result_.arena = plan_.arena_bytes;
    result_.alternatives = plan_.alternatives;
    result_.streaming_cost = plan_.streaming_cost;
    const std::vector<int> owners = profile::ownership(model_, network_).of_steps;
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) add_step(s, owners[s]);
    add_tensors();
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) add_life(static_cast<int>(s));
    add_outlines(plan_, numbers_, result_);
    find_peak();
    return std::move(result_);
  }

 private:
  static std::size_t at(int number) { return static_cast<std::size_t>(number); }

  [[nodiscard]] std::string name_of(int tensor) const {
    return profile::first_name(model_.tensors[at(tensor)].name);
  }

  void add_name(int tensor, const std::string& name) {
    std::vector<std::string>& names = names_[tensor];
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }

  void add_step(std::size_t number, int owner) {
    const plan::Step& step = plan_.steps[number];
    Step made;
    made.by = by_whom(step);
    if (at(owner) < model_.operators.size()) {
      const tflite::Operator& op = model_.operators[at(owner)];
      made.operation = op.kind;
      if (!op.outputs.empty()) made.name = name_of(op.outputs[0]);
    }
    if (step.stream >= 0) {
      if (step.kind == plan::StepKind::kStream) stream_ = static_cast<int>(number);
      made.stream = stream_;
      made.rows = step.rows_per_call;
    }
    if (step.kind == plan::StepKind::kStream) {
      made.operation.clear();
      made.name = fmt::format("stream of {} layers", step.workgroups[0]);
      add_name(step.bindings[0].tensor, "state of the " + made.name);
      scratch_.insert(step.bindings[0].tensor);
    } else if (is_move(step)) {
      moves_[step.bindings[0].tensor].push_back(static_cast<int>(number));
    } else {
      name_what_is_written(step, made.name);
    }
    result_.steps.push_back(std::move(made));
  }

  // The tensors of the model that a step is known to make.
  [[nodiscard]] std::vector<int> made_by(const plan::Step& step) const {
    std::vector<std::string> names;
    if (step.kind == plan::StepKind::kMicrokernel) {
      names.push_back(plan_.layers[at(step.layer)].layer.tensor);
    } else if (const auto found = network_.names.find(step.function);
               found != network_.names.end()) {
      names = found->second;
    }
    std::vector<int> tensors;
    for (std::size_t i = 0; i < model_.tensors.size(); ++i) {
      if (std::ranges::find(names, fmt::format("t{}", i)) != names.end())
        tensors.push_back(static_cast<int>(i));
    }
    return tensors;
  }

  // A step that makes one tensor names it; of several, those of the right size are meant.
  void name_what_is_written(const plan::Step& step, const std::string& layer) {
    const std::vector<int> made = made_by(step);
    const bool has_scratch = step.kind == plan::StepKind::kMicrokernel;
    std::set<int> used;
    for (std::size_t i = 0; i < step.bindings.size(); ++i) {
      const plan::Binding& binding = step.bindings[i];
      if (!binding.in_arena || binding.access == iree::Access::kRead) continue;
      if (has_scratch && i + 1 == step.bindings.size()) {
        scratch_.insert(binding.tensor);
        add_name(binding.tensor, "scratch of " + layer);
        continue;
      }
      const auto fits = [&](int tensor) {
        return !used.contains(tensor) && model_.tensors[at(tensor)].bytes() == binding.length;
      };
      auto found = std::find_if(made.rbegin(), made.rend(), fits);
      if (found == made.rend())
        found = std::ranges::find_if(made.rbegin(), made.rend(),
                                     [&](int t) { return !used.contains(t); });
      if (found == made.rend()) {
        unnamed_.try_emplace(binding.tensor, layer);
        continue;
      }
      used.insert(*found);
      add_name(binding.tensor, name_of(*found));
    }
  }

  // Places follow on each other: a tensor is where it was until the step that moves it.
  [[nodiscard]] std::vector<Place> places_of(std::size_t number) const {
    std::vector<Place> places;
    const auto moves = moves_.find(static_cast<int>(number));
    std::size_t move = 0;
    for (const plan::PlannedTensor::Place& place : plan_.tensors[number].places) {
      if (!places.empty() && places.back().offset == place.offset) {
        places.back().last_step = place.last_step;
        continue;
      }
      Place next{place.first_step, place.last_step, place.offset, {}};
      if (!places.empty() && moves != moves_.end() && move < moves->second.size())
        places.back().last_step = next.first_step = moves->second[move++];
      places.push_back(next);
    }
    return places;
  }

  void add_tensors() {
    std::map<int, Use> uses;
    for (const plan::Binding& output : plan_.outputs) uses[output.tensor] = Use::kOutput;
    for (std::size_t i = 0; i < plan_.inputs.size(); ++i) {
      uses[plan_.inputs[i].tensor] = Use::kInput;
      names_[plan_.inputs[i].tensor] = {name_of(model_.inputs[i])};
    }
    if (plan_.feed) {
      add_name(plan_.feed->state.tensor, "state of feeding");
      scratch_.insert(plan_.feed->state.tensor);
    }
    for (const int tensor : scratch_) uses[tensor] = Use::kScratch;
    numbers_.assign(plan_.tensors.size(), -1);
    for (std::size_t i = 0; i < plan_.tensors.size(); ++i) {
      if (plan_.tensors[i].arena_bytes == 0) continue;
      const int number = static_cast<int>(i);
      numbers_[i] = static_cast<int>(result_.tensors.size());
      const auto use = uses.find(number);
      std::string name = fmt::format("{}", fmt::join(names_[number], " + "));
      if (name.empty()) name = "within " + unnamed_[number];
      result_.tensors.push_back({std::move(name), use == uses.end() ? Use::kBetween : use->second,
                                 plan_.tensors[i].arena_bytes, plan_.tensors[i].bytes,
                                 places_of(i)});
    }
  }

  // The sums of one step. Where places overlap, the arena holds less than they have together.
  void add_life(int number) {
    Step& step = result_.steps[at(number)];
    std::vector<std::pair<std::uint64_t, std::uint64_t>> taken;
    std::uint64_t together = 0;
    for (std::size_t i = 0; i < result_.tensors.size(); ++i) {
      const Tensor& tensor = result_.tensors[i];
      bool is_live = false;
      for (const Place& place : tensor.places) {
        if (number < place.first_step || number > place.last_step) continue;
        is_live = true;
        taken.emplace_back(place.offset, place.offset + tensor.bytes);
        together += tensor.bytes;
      }
      if (!is_live) continue;
      step.live.push_back(static_cast<int>(i));
      step.live_bytes += tensor.bytes;
    }
    std::ranges::sort(taken);
    std::uint64_t covered = 0;
    for (const auto& [begin, end] : taken) {
      covered += end - std::min(end, std::max(begin, step.high));
      step.high = std::max(step.high, end);
    }
    if (is_move(plan_.steps[at(number)])) {
      step.moved = numbers_[at(plan_.steps[at(number)].bindings[0].tensor)];
      return;
    }
    step.overlap = together - covered;
    add_sharing(plan_.steps[at(number)], step);
  }

  void add_sharing(const plan::Step& planned, Step& step) const {
    if (planned.kind != plan::StepKind::kMicrokernel || planned.stream >= 0) return;
    const std::size_t inputs = planned.bindings.size() - 2;
    const plan::Binding& output = planned.bindings[inputs];
    const auto& orders = plan_.layers[at(planned.layer)].layer.orders;
    for (std::size_t i = 0; i < inputs && i < orders.size(); ++i) {
      const plan::Binding& input = planned.bindings[i];
      if (!input.in_arena || input.tensor == output.tensor) continue;
      const std::uint64_t begin = std::max(input.offset, output.offset);
      const std::uint64_t end =
          std::min(input.offset + input.length, output.offset + output.length);
      if (begin >= end) continue;
      step.sharing.push_back({numbers_[at(input.tensor)], numbers_[at(output.tensor)], end - begin,
                              orders[i].channels != 1});
    }
  }

  void find_peak() {
    std::uint64_t high = 0;  // of what lives before the first step
    for (const Tensor& tensor : result_.tensors) {
      if (tensor.places.front().first_step == kBeforeAll)
        high = std::max(high, tensor.places.front().offset + tensor.bytes);
    }
    result_.peak_step = kBeforeAll;
    bool is_passing = true;  // a layer that is as high tells more
    for (std::size_t s = 0; s < result_.steps.size(); ++s) {
      const Step& step = result_.steps[s];
      if (step.high < high || (step.high == high && !is_passing)) continue;
      is_passing = step.by == "move";
      high = step.high;
      result_.peak_step = static_cast<int>(s);
    }
  }

  const tflite::Model& model_;
  const Network& network_;
  const plan::Plan& plan_;
  std::map<int, std::vector<std::string>> names_;  // of the plan's tensors
  std::map<int, std::string> unnamed_;             // and of others, the layer that writes them
  std::map<int, std::vector<int>> moves_;          // steps that move a tensor
  std::set<int> scratch_;
  int stream_ = -1;           // the step that began the last one
  std::vector<int> numbers_;  // of the plan's tensors, in the timeline
  Timeline result_;
};

}  // namespace

Timeline make_timeline(const tflite::Model& model, const Network& network) {
  return Maker(model, network).run();
}

}  // namespace thimble::timeline
