// See plan.h.
#include "compiler/plan/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/plan/check.h"
#include "compiler/plan/constant_block.h"
#include "compiler/plan/feed.h"
#include "compiler/plan/liveness.h"
#include "compiler/plan/overlaps.h"
#include "compiler/plan/trace_steps.h"

namespace thimble::plan {
namespace {

using iree::Access;
using iree::Range;

constexpr std::uint64_t kFedStateBytes = sizeof(std::uint32_t);

// The plan of one trace, put together.
class Planner {
 public:
  Planner(iree::Trace trace, const std::vector<offload::Layer>& layers,
          const std::vector<std::uint64_t>& input_bytes, const Goal& goal)
      : trace_(std::move(trace)), layers_(layers), input_bytes_(input_bytes), goal_(goal) {
    for (const iree::Buffer& buffer : trace_.buffers) {
      if (buffer.kind != iree::BufferKind::kConstant) plan_.alternatives.iree += buffer.size;
    }
    copy_constant_outputs(trace_);
    for (std::size_t i = 0; i < layers.size(); ++i)
      numbers_[layers[i].function] = static_cast<int>(i);
  }

  Result<Plan> run(const iree::AccessMap& accesses) {
    std::set<std::string> microkernels;
    for (const auto& [function, number] : numbers_) microkernels.insert(function);
    liveness_ = analyze(trace_, accesses, input_bytes_.size(), microkernels);
    add_unread_inputs();
    add_scratch();
    if (goal_.fed_rows) {
      ASSIGN_OR_RETURN(feed_, prepare_feed(trace_, liveness_, step_layers(), *goal_.fed_rows));
    }
    TRY(choose_memory());
    lay_out_constants();
    plan_.arena_bytes = round_up(streaming_.layout.arena_bytes, kWordAlignment) + fed_bytes();
    plan_.streaming_cost = streaming_.cost;
    auto chain = streaming_.chains.begin();
    for (int step = 0; step < step_count();) {
      add_moves(step);
      const bool is_chain = chain != streaming_.chains.end() && chain->chain.first_step == step;
      const int last = is_chain ? chain->chain.last_step : step;
      if (is_chain) add_stream(*chain);
      for (; step <= last; ++step) TRY(add_step(step, is_chain ? &*chain : nullptr));
      ends_of_groups_.push_back(static_cast<int>(plan_.steps.size()) - 1);
      if (is_chain) ++chain;
    }
    add_moves(step_count());
    ends_of_groups_.push_back(static_cast<int>(plan_.steps.size()));
    add_tensors();
    if (goal_.fed_rows) add_feed();
    for (std::size_t i = 0; i < input_bytes_.size(); ++i) {
      plan_.inputs.push_back(
          in_arena(liveness_.input_tensors[i], goal_.fed_rows ? 0 : -1, 0, input_bytes_[i]));
    }
    for (std::size_t i = 0; i < trace_.outputs.size(); ++i) {
      const int tensor = liveness_.output_tensors[i];
      plan_.outputs.push_back(in_arena(tensor, step_count(), part(tensor, trace_.outputs[i]),
                                       trace_.outputs[i].length));
    }
    plan_.constants = constants_.take();
    TRY(check(plan_));
    return std::move(plan_);
  }

 private:
  [[nodiscard]] int step_count() const { return static_cast<int>(trace_.steps.size()); }
  [[nodiscard]] const Tensor& tensor(int number) const {
    return liveness_.tensors[static_cast<std::size_t>(number)];
  }

  // With what a chain makes of it.
  [[nodiscard]] const Tensor& packed(int number) const {
    return streaming_.packing.tensors[static_cast<std::size_t>(number)];
  }
  [[nodiscard]] int group(int step) const {
    return step < 0 ? -1 : streaming_.groups[static_cast<std::size_t>(step)];
  }

  [[nodiscard]] std::vector<const offload::Layer*> step_layers() const {
    std::vector<const offload::Layer*> result;
    for (std::size_t s = 0; s < trace_.steps.size(); ++s) {
      const int layer = layer_of(s);
      result.push_back(layer < 0 ? nullptr : &layers_[static_cast<std::size_t>(layer)]);
    }
    return result;
  }

  // Where a range begins in its tensor.
  [[nodiscard]] std::uint64_t part(int number, const Range& range) const {
    return range.offset - tensor(number).offset;
  }

  [[nodiscard]] Binding in_arena(int number, int step, std::uint64_t offset,
                                 std::uint64_t length) const {
    return {true,   streaming_.layout.offset(number, group(step)) + offset,
            length, number,
            offset, Access::kRead};
  }

  // Behind everything else, where nothing moves it.
  [[nodiscard]] std::uint64_t fed_bytes() const { return goal_.fed_rows ? kFedStateBytes : 0; }

  void add_feed() {
    const Stream& stream = plan_.streams[0];
    const auto window = std::ranges::find(stream.windows, feed_.input, &Stream::Window::tensor);
    FedInput feed;
    feed.rows = static_cast<std::uint32_t>(feed_.rows);
    feed.row_bytes = static_cast<std::uint64_t>(window->row_bytes);
    feed.window_rows = static_cast<std::uint32_t>(window->bytes / feed.row_bytes);
    const int state = static_cast<int>(plan_.tensors.size());
    const std::uint64_t offset = plan_.arena_bytes - kFedStateBytes;
    feed.state = {true, offset, kFedStateBytes, state, 0, Access::kReadWrite};
    plan_.tensors.push_back(
        {kFedStateBytes, kFedStateBytes, {{-1, static_cast<int>(plan_.steps.size()), offset}}});
    plan_.feed = feed;
  }

  Status choose_memory() {
    const Network network{trace_, liveness_, step_layers(), feed_};
    const std::vector<Overlap> overlaps = find_overlaps(trace_, liveness_, numbers_, layers_);
    Goal goal = goal_;
    if (goal.arena_bytes) *goal.arena_bytes -= std::min(*goal.arena_bytes, fed_bytes());
    streaming_ = choose_chains(network, overlaps, goal);
    if (streaming_.groups.empty()) return cannot_feed("its first layers cannot run row by row");
    Alternatives& other = plan_.alternatives;
    other.least = streaming_.layout.lower_bound;
    other.unstreamed = round_up(streaming_.unstreamed_bytes, kWordAlignment);
    const Packing apart{liveness_.tensors, {}, {}, {}};
    other.apart = round_up(place(apart, lower_bound(apart)).arena_bytes, kWordAlignment);
    return {};
  }

  // The caller still writes them.
  void add_unread_inputs() {
    for (std::size_t i = 0; i < input_bytes_.size(); ++i) {
      if (liveness_.input_tensors[i] >= 0) continue;
      liveness_.input_tensors[i] = static_cast<int>(liveness_.tensors.size());
      liveness_.tensors.push_back({-1, 0, input_bytes_[i], -1, -1, kWordAlignment});
    }
  }

  [[nodiscard]] int layer_of(std::size_t step) const {
    const auto* dispatch = std::get_if<iree::DispatchStep>(&trace_.steps[step]);
    if (dispatch == nullptr) return -1;
    const auto number = numbers_.find(dispatch->function);
    return number == numbers_.end() ? -1 : number->second;
  }

  // A dispatch that stands for a layer gets the layer's scratch as its last operand: a tensor of
  // this step alone.
  void add_scratch() {
    for (std::size_t s = 0; s < trace_.steps.size(); ++s) {
      if (layer_of(s) < 0) continue;
      const std::uint64_t bytes = layers_[static_cast<std::size_t>(layer_of(s))].scratch_bytes;
      const int step = static_cast<int>(s);
      liveness_.step_tensors[s].push_back(static_cast<int>(liveness_.tensors.size()));
      liveness_.step_accesses[s].push_back(Access::kWrite);
      liveness_.tensors.push_back({-1, 0, bytes, step, step, kWordAlignment});
    }
  }

  void lay_out_constants() {
    for (std::size_t s = 0; s < trace_.steps.size(); ++s) {
      const std::vector<Range> ranges = iree::ranges(trace_.steps[s]);
      for (std::size_t i = 0; i < ranges.size(); ++i) {
        if (liveness_.step_tensors[s][i] < 0) constants_.use(ranges[i]);
      }
    }
    constants_.layout(trace_.buffers);
    for (const offload::Layer& layer : layers_) {
      PlannedLayer planned{layer, {}};
      for (const auto& content : layer.constants)
        planned.constants.push_back(constants_.append(content));
      planned.layer.constants.clear();
      plan_.layers.push_back(std::move(planned));
    }
  }

  void add_moves(int before_step) {
    for (const Move& move : streaming_.layout.moves) {
      if (move.before_step != group(before_step)) continue;
      const std::uint64_t bytes = packed(move.tensor).size;
      Step step;
      step.kind = StepKind::kCopy;
      step.bindings = {{true, move.to, bytes, move.tensor, 0, Access::kWrite},
                       {true, move.from, bytes, move.tensor, 0, Access::kRead}};
      plan_.steps.push_back(std::move(step));
    }
    begins_of_groups_.push_back(static_cast<int>(plan_.steps.size()));
  }

  void add_stream(const ChosenChain& chosen) {
    const int first = chosen.chain.first_step;
    Stream stream{chosen.chain.last_step - first + 1, {}, chosen.schedule.ops};
    for (const std::uint8_t number : chosen.schedule.windows) {
      const Operand& window = chosen.schedule.operands[number];
      stream.windows.push_back(
          {window.tensor, streaming_.layout.offset(window.tensor, group(first)), window.size,
           window.row_bytes, window.first,
           window.tensor == feed_.input ? stream.stages
                                        : tensor(window.tensor).first_step - first});
    }
    Step step;
    step.kind = StepKind::kStream;
    step.stream = static_cast<int>(plan_.streams.size());
    step.workgroups = {static_cast<std::uint32_t>(stream.stages), 1, 1};
    step.bindings = {in_arena(chosen.state, first, 0, chosen.schedule.state_bytes)};
    step.bindings[0].access = Access::kWrite;
    plan_.streams.push_back(std::move(stream));
    plan_.steps.push_back(std::move(step));
  }

  void add_operand(Step& step, int tensor, const Range& range, int step_number) {
    if (tensor < 0) {
      step.bindings.push_back({false, constants_.offset(range), range.length});
      return;
    }
    step.bindings.push_back(in_arena(tensor, step_number, part(tensor, range), range.length));
    if (step.stream < 0) return;
    const auto& windows = plan_.streams[static_cast<std::size_t>(step.stream)].windows;
    const auto window = std::ranges::find(windows, tensor, &Stream::Window::tensor);
    if (window != windows.end())
      step.bindings.back().window = static_cast<int>(window - windows.begin());
  }

  Status add_step(int step_number, const ChosenChain* chain) {
    const auto number = static_cast<std::size_t>(step_number);
    ASSIGN_OR_RETURN(Step step, make_step(trace_.steps[number]));
    std::vector<Range> ranges = iree::ranges(trace_.steps[number]);
    if (const int layer = layer_of(number); layer >= 0) {
      step.kind = StepKind::kMicrokernel;
      step.layer = layer;
      step.workgroups[0] =
          static_cast<std::uint32_t>(layers_[static_cast<std::size_t>(layer)].rows);
      const int scratch = liveness_.step_tensors[number].back();
      ranges.push_back({-1, 0, packed(scratch).size});
    }
    if (chain != nullptr) {
      step.stream = static_cast<int>(plan_.streams.size()) - 1;
      step.rows_per_call = static_cast<std::uint32_t>(
          chain->schedule.rows[number - static_cast<std::size_t>(chain->chain.first_step)]);
    }
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      add_operand(step, liveness_.step_tensors[number][i], ranges[i], step_number);
      step.bindings.back().access = liveness_.step_accesses[number][i];
    }
    plan_.steps.push_back(std::move(step));
    return {};
  }

  // With the plan's own numbers of steps, in which moves count.
  void add_tensors() {
    const auto& tensors = streaming_.packing.tensors;
    const auto at = [](const std::vector<int>& steps, int group) {
      return group < 0 ? -1 : steps[static_cast<std::size_t>(group)];
    };
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      PlannedTensor planned{tensors[i].size, tensors[i].size, {}};
      for (const Stream& stream : plan_.streams) {
        for (const Stream::Window& window : stream.windows) {
          if (window.tensor == static_cast<int>(i)) planned.bytes = liveness_.tensors[i].size;
        }
      }
      for (const Stay& stay : streaming_.layout.stays[i]) {
        planned.places.push_back({at(begins_of_groups_, stay.first_step),
                                  at(ends_of_groups_, stay.last_step), stay.offset});
      }
      plan_.tensors.push_back(std::move(planned));
    }
  }

  iree::Trace trace_;
  const std::vector<offload::Layer>& layers_;
  const std::vector<std::uint64_t>& input_bytes_;
  const Goal& goal_;
  std::map<std::string, int> numbers_;  // of layers, by the functions that stand for them
  Liveness liveness_;
  Feed feed_;
  Streaming streaming_;
  ConstantBlock constants_;
  // Steps of the plan: of a group of the trace's, the first and the last.
  std::vector<int> begins_of_groups_;
  std::vector<int> ends_of_groups_;
  Plan plan_;
};

}  // namespace

Result<Plan> make_plan(iree::Trace trace, const iree::AccessMap& accesses,
                       const std::vector<offload::Layer>& layers,
                       const std::vector<std::uint64_t>& input_bytes, const Goal& goal) {
  return Planner(std::move(trace), layers, input_bytes, goal).run(accesses);
}

}  // namespace thimble::plan
