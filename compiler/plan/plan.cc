// See plan.h.
#include "compiler/plan/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/plan/check.h"
#include "compiler/plan/constant_block.h"
#include "compiler/plan/layout.h"
#include "compiler/plan/liveness.h"
#include "compiler/plan/overlaps.h"

namespace thimble::plan {
namespace {

using iree::Access;
using iree::Range;

constexpr std::size_t kMostBindings = 32;         // bits in Step::arena_bindings
constexpr std::uint32_t kMostWorkgroups = 65535;  // Step::workgroups are 16 bits
constexpr std::size_t kMostConstants = 255;

// An output that is a constant of the model has to be brought into the arena.
void copy_constant_outputs(iree::Trace& trace) {
  for (Range& output : trace.outputs) {
    if (trace.buffers[static_cast<std::size_t>(output.buffer)].kind != iree::BufferKind::kConstant)
      continue;
    trace.buffers.push_back({iree::BufferKind::kWorking, output.length, -1, {}});
    const Range target{static_cast<int>(trace.buffers.size()) - 1, 0, output.length};
    trace.steps.push_back(iree::CopyStep{target, output});
    output = target;
  }
}

Result<Step> make_step(const iree::Step& step) {
  Step result;
  if (const auto* dispatch = std::get_if<iree::DispatchStep>(&step)) {
    result.kind = StepKind::kDispatch;
    result.function = dispatch->function;
    result.workgroups = dispatch->workgroups;
    result.constants = dispatch->constants;
    if (dispatch->bindings.size() > kMostBindings || dispatch->constants.size() > kMostConstants ||
        std::ranges::max(dispatch->workgroups) > kMostWorkgroups) {
      return fail(ExitCode::kBadModel,
                  "dispatch {} has {} bindings, {} constants and {} workgroups; at most {}, {} and "
                  "{} can be run",
                  dispatch->function, dispatch->bindings.size(), dispatch->constants.size(),
                  std::ranges::max(dispatch->workgroups), kMostBindings, kMostConstants,
                  kMostWorkgroups);
    }
  } else if (const auto* fill = std::get_if<iree::FillStep>(&step)) {
    result.kind = StepKind::kFill;
    result.pattern = static_cast<std::uint32_t>(fill->pattern);
    result.pattern_length = fill->pattern_length;
    if (fill->pattern_length > 4) {
      // The runtime repeats at most a word: a longer pattern must be one that repeats itself.
      if (static_cast<std::uint32_t>(fill->pattern >> 32) != result.pattern) {
        return fail(ExitCode::kBadModel, "a fill with a pattern of {} bytes cannot be run",
                    fill->pattern_length);
      }
      result.pattern_length = 4;
    }
  } else {
    result.kind = StepKind::kCopy;
  }
  return result;
}

// The plan of one trace, put together.
class Planner {
 public:
  Planner(iree::Trace trace, const std::vector<offload::Layer>& layers,
          const std::vector<std::uint64_t>& input_bytes)
      : trace_(std::move(trace)), layers_(layers), input_bytes_(input_bytes) {
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
    Packing packing{liveness_.tensors, find_overlaps(trace_, liveness_, numbers_, layers_), {}};
    layout_ = lay_out(packing, step_count());
    plan_.alternatives.least = layout_.lower_bound;
    const Packing apart{packing.tensors, {}, {}};
    plan_.alternatives.apart = place(apart, lower_bound(apart)).arena_bytes;
    lay_out_constants();
    plan_.arena_bytes = round_up(layout_.arena_bytes, kWordAlignment);
    for (std::size_t s = 0; s < trace_.steps.size(); ++s) {
      add_moves(static_cast<int>(s));
      TRY(add_step(s));
    }
    add_moves(step_count());
    add_tensors();
    for (std::size_t i = 0; i < input_bytes_.size(); ++i) {
      plan_.inputs.push_back(in_arena(liveness_.input_tensors[i], -1, 0, input_bytes_[i]));
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

  // Where a range begins in its tensor.
  [[nodiscard]] std::uint64_t part(int number, const Range& range) const {
    return range.offset - tensor(number).offset;
  }

  [[nodiscard]] Binding in_arena(int number, int step, std::uint64_t offset,
                                 std::uint64_t length) const {
    return {true, layout_.offset(number, step) + offset, length, number, offset, Access::kRead};
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
    for (const Move& move : layout_.moves) {
      if (move.before_step != before_step) continue;
      const std::uint64_t bytes = tensor(move.tensor).size;
      Step step;
      step.kind = StepKind::kCopy;
      step.bindings = {{true, move.to, bytes, move.tensor, 0, Access::kWrite},
                       {true, move.from, bytes, move.tensor, 0, Access::kRead}};
      plan_.steps.push_back(std::move(step));
    }
    places_of_steps_.push_back(static_cast<int>(plan_.steps.size()));
  }

  Status add_step(std::size_t number) {
    ASSIGN_OR_RETURN(Step step, make_step(trace_.steps[number]));
    std::vector<Range> ranges = iree::ranges(trace_.steps[number]);
    if (const int layer = layer_of(number); layer >= 0) {
      step.kind = StepKind::kMicrokernel;
      step.layer = layer;
      step.workgroups[0] =
          static_cast<std::uint32_t>(layers_[static_cast<std::size_t>(layer)].rows);
      const int scratch = liveness_.step_tensors[number].back();
      ranges.push_back({-1, 0, tensor(scratch).size});
    }
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const int tensor = liveness_.step_tensors[number][i];
      step.bindings.push_back(tensor < 0
                                  ? Binding{false, constants_.offset(ranges[i]), ranges[i].length}
                                  : in_arena(tensor, static_cast<int>(number),
                                             part(tensor, ranges[i]), ranges[i].length));
      step.bindings.back().access = liveness_.step_accesses[number][i];
    }
    plan_.steps.push_back(std::move(step));
    return {};
  }

  // With the plan's own numbers of steps, in which moves count.
  void add_tensors() {
    const auto number = [&](int step) {
      return step < 0 ? -1 : places_of_steps_[static_cast<std::size_t>(step)];
    };
    for (std::size_t i = 0; i < liveness_.tensors.size(); ++i) {
      PlannedTensor planned{liveness_.tensors[i].size, {}};
      for (const Stay& stay : layout_.stays[i])
        planned.places.push_back({number(stay.first_step), number(stay.last_step), stay.offset});
      plan_.tensors.push_back(std::move(planned));
    }
  }

  iree::Trace trace_;
  const std::vector<offload::Layer>& layers_;
  const std::vector<std::uint64_t>& input_bytes_;
  std::map<std::string, int> numbers_;  // of layers, by the functions that stand for them
  Liveness liveness_;
  Layout layout_;
  ConstantBlock constants_;
  std::vector<int> places_of_steps_;  // of the trace, in the plan
  Plan plan_;
};

}  // namespace

Result<Plan> make_plan(iree::Trace trace, const iree::AccessMap& accesses,
                       const std::vector<offload::Layer>& layers,
                       const std::vector<std::uint64_t>& input_bytes) {
  return Planner(std::move(trace), layers, input_bytes).run(accesses);
}

}  // namespace thimble::plan
