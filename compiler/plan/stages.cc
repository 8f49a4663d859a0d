// See stages.h.
#include "compiler/plan/stages.h"

#include <algorithm>

namespace thimble::plan {
namespace {

class Maker {
 public:
  Maker(const Network& network, const Chain& chain) : network_(network), chain_(chain) {}

  std::optional<Parts> run() {
    parts_.is_fed = is_fed(network_, chain_);
    if (parts_.is_fed) add_caller();
    for (int step = chain_.first_step; step <= chain_.last_step; ++step) {
      if (!add_stage(step)) return std::nullopt;
    }
    for (std::size_t i = 0; i < parts_.roles.size(); ++i) {
      if (!settle(i)) return std::nullopt;
    }
    return std::move(parts_);
  }

 private:
  [[nodiscard]] const Tensor& tensor(std::size_t operand) const {
    return network_.liveness.tensors[static_cast<std::size_t>(parts_.operands[operand].tensor)];
  }

  std::size_t operand_of(int tensor) {
    auto& operands = parts_.operands;
    const auto found = std::ranges::find(operands, tensor, &Operand::tensor);
    if (found != operands.end()) return static_cast<std::size_t>(found - operands.begin());
    operands.push_back({tensor,
                        network_.liveness.tensors[static_cast<std::size_t>(tensor)].size,
                        false,
                        0,
                        0,
                        {}});
    parts_.roles.emplace_back();
    return operands.size() - 1;
  }

  void add_caller() {
    Stage caller;
    caller.rows = network_.feed.rows;
    caller.output = operand_of(network_.feed.input);
    caller.output_bytes = static_cast<std::int64_t>(tensor(caller.output).size);
    parts_.roles[caller.output].writer = 0;
    parts_.stages.push_back(std::move(caller));
  }

  bool add_stage(int step) {
    if (!can_stream(network_, step)) return false;
    const auto number = static_cast<std::size_t>(step);
    const offload::Layer& layer = *network_.layers[number];
    const std::vector<iree::Range> ranges = iree::ranges(network_.trace.steps[number]);
    const std::vector<int>& tensors = network_.liveness.step_tensors[number];
    const std::size_t inputs = layer.reads.size();
    const auto index = parts_.stages.size();
    Stage stage;
    stage.layer = &layer;
    stage.rows = layer.rows;
    stage.each_call =
        std::min(chain_.rows[static_cast<std::size_t>(step - chain_.first_step)], layer.rows);
    const auto offset = [&](std::size_t i) {
      return static_cast<std::int64_t>(
          ranges[i].offset -
          network_.liveness.tensors[static_cast<std::size_t>(tensors[i])].offset);
    };
    for (std::size_t i = 0; i < inputs; ++i) {
      if (tensors[i] < 0) continue;
      const std::size_t operand = operand_of(tensors[i]);
      parts_.roles[operand].readers.push_back({index, stage.inputs.size()});
      stage.inputs.push_back(
          {operand, layer.reads[i], offset(i), static_cast<std::int64_t>(ranges[i].length), i});
    }
    stage.output = operand_of(tensors[inputs]);
    stage.output_offset = offset(inputs);
    stage.output_bytes = static_cast<std::int64_t>(ranges[inputs].length);
    Role& output = parts_.roles[stage.output];
    if (output.writer >= 0 || !output.readers.empty()) return false;
    output.writer = static_cast<int>(index);
    stage.scratch = operand_of(tensors[inputs + 1]);
    parts_.roles[stage.scratch].scratch_of = static_cast<int>(index);
    if (layer.reduces && stage.each_call < stage.rows)
      parts_.operands[stage.scratch].size = layer.sums_bytes;
    parts_.stages.push_back(std::move(stage));
    return true;
  }

  bool settle(std::size_t operand) {
    Role& role = parts_.roles[operand];
    role.begins = tensor(operand).first_step >= chain_.first_step;
    role.ends = tensor(operand).last_step <= chain_.last_step;
    if (role.writer >= 0 && !role.begins) return false;
    if (role.writer < 0) return true;
    const Stage& stage = parts_.stages[static_cast<std::size_t>(role.writer)];
    if (!role.ends) return stage.layer != nullptr;  // of what is fed, nobody keeps the whole
    const auto size = static_cast<std::int64_t>(tensor(operand).size);
    if (stage.reduces() || stage.output_offset != 0 || stage.output_bytes != size) return true;
    parts_.operands[operand].is_window = true;
    parts_.operands[operand].row_bytes = stage.output_bytes / stage.rows;
    return true;
  }

  const Network& network_;
  const Chain& chain_;
  Parts parts_;
};

}  // namespace

std::int64_t Parts::written(std::size_t operand) const {
  const int writer = roles[operand].writer;
  if (writer < 0) return static_cast<std::int64_t>(operands[operand].size);
  const Stage& stage = stages[static_cast<std::size_t>(writer)];
  return stage.written(stage.next);
}

std::int64_t Parts::needed_from(std::size_t operand, const Call* made) const {
  std::int64_t first = written(operand);
  for (const Reader& reader : roles[operand].readers) {
    const Stage& stage = stages[reader.stage];
    const int next = stage.next + (made != nullptr && made->stage == reader.stage ? made->rows : 0);
    if (next < stage.rows) first = std::min(first, stage.inputs[reader.input].begin(next));
  }
  const std::int64_t row = operands[operand].is_window ? operands[operand].row_bytes : 1;
  return first / row * row;
}

bool Parts::is_ready(const Stage& stage, int rows) const {
  return std::ranges::all_of(stage.inputs, [&](const StageInput& input) {
    return roles[input.operand].writer < 0 ||
           written(input.operand) >= input.end(stage.next + rows);
  });
}

std::int64_t StageInput::inside(std::int64_t byte) const {
  return offset + std::clamp<std::int64_t>(byte, 0, length);
}

int Stage::call_rows() const {
  return std::min(each_call, rows - next);
}

std::int64_t Stage::written(int row_end) const {
  if (reduces()) return row_end == rows ? output_offset + output_bytes : 0;
  return row_end == 0 ? 0 : output_offset + output_bytes / rows * row_end;
}

bool is_fed(const Network& network, const Chain& chain) {
  return network.feed.input >= 0 && chain.first_step == 0;
}

bool can_stream(const Network& network, int step) {
  const auto number = static_cast<std::size_t>(step);
  const offload::Layer* layer = network.layers[number];
  if (layer == nullptr || layer->reads.empty()) return false;
  const std::vector<iree::Access>& accesses = network.liveness.step_accesses[number];
  const std::size_t inputs = layer->reads.size();
  if (accesses.size() != inputs + 2 || accesses[inputs] != iree::Access::kWrite) return false;
  const auto is_read = [](iree::Access access) { return access == iree::Access::kRead; };
  if (!std::all_of(accesses.begin(), accesses.begin() + static_cast<std::ptrdiff_t>(inputs),
                   is_read))
    return false;
  const iree::Range output = iree::ranges(network.trace.steps[number])[inputs];
  const bool is_even =
      layer->reduces || output.length % static_cast<std::uint64_t>(layer->rows) == 0;
  return is_even && std::ranges::all_of(layer->reads, [](const offload::RowReads& reads) {
           return reads.step >= 0;
         });
}

std::optional<Parts> make_parts(const Network& network, const Chain& chain) {
  return Maker(network, chain).run();
}

}  // namespace thimble::plan
