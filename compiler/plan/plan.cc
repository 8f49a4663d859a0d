// See plan.h.
#include "compiler/plan/plan.h"

#include <algorithm>
#include <map>
#include <span>

#include "compiler/plan/liveness.h"
#include "compiler/plan/placement.h"

namespace thimble::plan {
namespace {

using iree::Range;

constexpr std::size_t kMostBindings = 32;         // bits in Step::arena_bindings
constexpr std::uint32_t kMostWorkgroups = 65535;  // Step::workgroups are 16 bits
constexpr std::size_t kMostConstants = 255;

// The constants that steps use, each range once, overlapping ones together.
class ConstantBlock {
 public:
  void use(const Range& range) {
    auto& ranges = used_[range.buffer];
    std::uint64_t start = range.offset;
    std::uint64_t end = range.offset + range.length;
    for (auto item = ranges.begin(); item != ranges.end();) {
      if (item->first > end || item->second < start) {
        ++item;
        continue;
      }
      start = std::min(start, item->first);
      end = std::max(end, item->second);
      item = ranges.erase(item);
    }
    ranges[start] = end;
  }

  // Lays out all that was used. Every piece keeps its alignment in its buffer.
  void layout(const std::vector<iree::Buffer>& buffers) {
    for (const auto& [buffer, ranges] : used_) {
      const Bytes& content = buffers[static_cast<std::size_t>(buffer)].content;
      for (const auto& [start, end] : ranges) {
        const std::uint64_t base = (bytes_.size() + kAlignment - 1) / kAlignment * kAlignment;
        const std::uint64_t place = base + start % kAlignment;
        bytes_.resize(place);
        bytes_.insert(bytes_.end(), content.begin() + static_cast<std::ptrdiff_t>(start),
                      content.begin() + static_cast<std::ptrdiff_t>(end));
        places_[{buffer, start}] = place;
      }
    }
  }

  [[nodiscard]] std::uint64_t offset(const Range& range) const {
    auto place = places_.upper_bound({range.buffer, range.offset});
    --place;
    return place->second + (range.offset - place->first.second);
  }
  // Appends constants that no trace knows of; returns where.
  std::uint64_t append(std::span<const std::uint8_t> content) {
    constexpr std::size_t kWord = 4;
    bytes_.resize((bytes_.size() + kWord - 1) / kWord * kWord);
    const std::uint64_t place = bytes_.size();
    bytes_.insert(bytes_.end(), content.begin(), content.end());
    return place;
  }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  std::map<int, std::map<std::uint64_t, std::uint64_t>> used_;  // buffer -> start -> end
  std::map<std::pair<int, std::uint64_t>, std::uint64_t> places_;
  Bytes bytes_;
};

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

// A dispatch that stands for a layer gets the layer's scratch as its last operand: a tensor of this
// step alone.
void add_scratch(const iree::Trace& trace, const std::map<std::string, int>& numbers,
                 const std::vector<offload::Layer>& layers, Liveness& liveness) {
  for (std::size_t s = 0; s < trace.steps.size(); ++s) {
    const auto* dispatch = std::get_if<iree::DispatchStep>(&trace.steps[s]);
    if (dispatch == nullptr || !numbers.contains(dispatch->function)) continue;
    const auto layer = static_cast<std::size_t>(numbers.at(dispatch->function));
    const int step = static_cast<int>(s);
    liveness.step_tensors[s].push_back(static_cast<int>(liveness.tensors.size()));
    liveness.tensors.push_back({-1, 0, layers[layer].scratch_bytes, step, step});
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

}  // namespace

Result<Plan> make_plan(iree::Trace trace, const iree::AccessMap& accesses,
                       const std::vector<offload::Layer>& layers,
                       const std::vector<std::uint64_t>& input_bytes) {
  copy_constant_outputs(trace);
  Liveness liveness = analyze(trace, accesses, input_bytes.size());
  for (std::size_t i = 0; i < input_bytes.size(); ++i) {
    if (liveness.input_tensors[i] >= 0) continue;
    liveness.input_tensors[i] = static_cast<int>(liveness.tensors.size());
    liveness.tensors.push_back({-1, 0, input_bytes[i], -1, -1});  // the caller still writes it
  }
  std::map<std::string, int> numbers;
  for (std::size_t i = 0; i < layers.size(); ++i) numbers[layers[i].function] = static_cast<int>(i);
  add_scratch(trace, numbers, layers, liveness);
  const Placement placement = place(liveness.tensors);

  ConstantBlock constants;
  for (std::size_t s = 0; s < trace.steps.size(); ++s) {
    const std::vector<Range> ranges = iree::ranges(trace.steps[s]);
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      if (liveness.step_tensors[s][i] < 0) constants.use(ranges[i]);
    }
  }
  constants.layout(trace.buffers);

  const auto in_arena = [&](int tensor, std::uint64_t offset, std::uint64_t length) {
    const auto index = static_cast<std::size_t>(tensor);
    return Binding{true, placement.offsets[index] + (offset - liveness.tensors[index].offset),
                   length};
  };
  Plan plan;
  for (const offload::Layer& layer : layers) {
    PlannedLayer planned{layer, {}};
    for (const auto& content : layer.constants)
      planned.constants.push_back(constants.append(content));
    planned.layer.constants.clear();
    plan.layers.push_back(std::move(planned));
  }
  plan.arena_bytes = placement.arena_bytes;
  for (std::size_t s = 0; s < trace.steps.size(); ++s) {
    ASSIGN_OR_RETURN(Step step, make_step(trace.steps[s]));
    const std::vector<Range> ranges = iree::ranges(trace.steps[s]);
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const int tensor = liveness.step_tensors[s][i];
      step.bindings.push_back(tensor < 0
                                  ? Binding{false, constants.offset(ranges[i]), ranges[i].length}
                                  : in_arena(tensor, ranges[i].offset, ranges[i].length));
    }
    if (const auto layer = numbers.find(step.function); layer != numbers.end()) {
      step.kind = StepKind::kMicrokernel;
      step.layer = layer->second;
      step.workgroups[0] =
          static_cast<std::uint32_t>(layers[static_cast<std::size_t>(step.layer)].rows);
      const auto scratch = static_cast<std::size_t>(liveness.step_tensors[s].back());
      step.bindings.push_back({true, placement.offsets[scratch], liveness.tensors[scratch].size});
    }
    plan.steps.push_back(std::move(step));
  }
  for (std::size_t i = 0; i < input_bytes.size(); ++i) {
    plan.inputs.push_back(in_arena(liveness.input_tensors[i], 0, input_bytes[i]));
  }
  for (std::size_t i = 0; i < trace.outputs.size(); ++i) {
    plan.outputs.push_back(
        in_arena(liveness.output_tensors[i], trace.outputs[i].offset, trace.outputs[i].length));
  }
  plan.constants = constants.take();
  return plan;
}

}  // namespace thimble::plan
