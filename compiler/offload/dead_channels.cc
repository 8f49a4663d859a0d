// See dead_channels.h. First all channels are put into classes that can only go together, then
// classes are removed as long as there is one that everything around it can do without.
#include "compiler/offload/dead_channels.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/mlir/constants.h"
#include "compiler/offload/channel_classes.h"
#include "compiler/offload/channel_ranges.h"

namespace thimble::offload {
namespace {

using mlir::Operation;

// Only for values that have channels: those are tensors.
mlir::TensorType type_of(const std::string& text) {
  return mlir::tensor_type(text).value_or(mlir::TensorType());
}

class Removal {
 public:
  explicit Removal(const mlir::Block& function)
      : graph_(function.operations),
        ranges_(channel_ranges(graph_, function.operations)),
        classes_(function),
        states_(classes_.size()) {
    for (const auto& [name, type] : function.arguments) keep(name);
    for (const Operation& operation : function.operations) connect(operation);
    for (std::size_t i = 0; i < classes_.size(); ++i)
      states_[classes_.root(i)].members.push_back(classes_.channel(i));
    // What was recorded for single channels counts for their classes.
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      if (classes_.root(i) == i) continue;
      State& whole = states_[classes_.root(i)];
      whole.kept |= states_[i].kept;
      std::ranges::move(states_[i].readers, std::back_inserter(whole.readers));
    }
    while (remove_some()) {
    }
  }

  [[nodiscard]] const std::map<std::string, int>& removed() const { return removed_; }

  std::vector<Operation> rewritten(const std::vector<Operation>& body) {
    std::vector<Operation> result;
    result.reserve(body.size());
    for (const Operation& operation : body) {
      Operation changed = operation;
      rewrite(changed, result);
      result.push_back(std::move(changed));
    }
    return result;
  }

 private:
  // A convolution that sums the channel up with others.
  struct Reader {
    const Operation* convolution;
    Channel input;
  };
  struct State {
    std::vector<Channel> members;
    std::vector<Reader> readers;
    bool kept = false;
    bool removed = false;
  };

  void keep(const std::string& value) {
    for (int c = 0; c < classes_.count(value); ++c) states_[classes_.index(value, c)].kept = true;
  }

  void connect(const Operation& operation) {
    if (operation.name == "tosa.const") {
      if (!graph_.constant(operation.results[0])) keep(operation.results[0]);
      return;
    }
    const std::vector<ChannelLink> links = channel_links(graph_, operation);
    auto sums = read_channel_sums(graph_, operation);
    for (std::size_t i = 0; i < operation.operands.size(); ++i) {
      const std::string& operand = operation.operands[i];
      const auto link = std::ranges::find(links, i, &ChannelLink::operand);
      if (link != links.end()) {
        join(*link, operand, operation.results[0]);
      } else if (i == 0 && sums) {
        for (int c = 0; c < sums->inputs; ++c)
          states_[classes_.index(operand, c)].readers.push_back({&operation, {&operand, c}});
      } else {
        keep(operand);
      }
    }
    if (links.empty() && !sums) std::ranges::for_each(operation.results, [&](auto& r) { keep(r); });
    if (sums) sums_[operation.results[0]] = *std::move(sums);
  }

  void join(const ChannelLink& link, const std::string& operand, const std::string& result) {
    const int inputs = classes_.count(operand);
    const int outputs = classes_.count(result);
    if (inputs == 0 || outputs == 0) return;
    for (int n = 0; n < link.count; ++n) {
      classes_.join(classes_.index(operand, n / link.divisor % inputs),
                    classes_.index(result, (link.offset + n) % outputs));
    }
  }

  bool remove_some() {
    bool any = false;
    for (State& state : states_) {
      if (state.members.empty() || state.kept || state.removed || !removable(state)) continue;
      state.removed = any = true;
      for (const Channel& member : state.members) ++removed_[*member.value];
    }
    return any;
  }

  [[nodiscard]] bool removable(const State& state) {
    std::map<std::string_view, int> lost;
    for (const Channel& member : state.members) ++lost[*member.value];
    for (const Channel& member : state.members) {  // a tensor keeps at least one channel
      const auto before = removed_.find(*member.value);
      if (lost[*member.value] + (before == removed_.end() ? 0 : before->second) ==
          classes_.count(*member.value)) {
        return false;
      }
    }
    return std::ranges::all_of(state.readers, [&](const Reader& reader) {
      const ChannelSums& sums = sums_.at(reader.convolution->results[0]);
      const auto constant = constant_of(*reader.input.value, reader.input.number);
      if (constant && (!sums.padded || *constant == sums.zero_point)) return true;
      for (int o = 0; o < sums.outputs; ++o) {
        if (!alive(reader.convolution->results[0], o)) continue;
        for (int tap = 0; tap < sums.taps; ++tap) {
          if (sums.weight(o, tap, reader.input.number) != 0) return false;
        }
      }
      return true;
    });
  }

  [[nodiscard]] std::optional<std::int64_t> constant_of(const std::string& value,
                                                        int channel) const {
    const auto found = ranges_.find(value);
    if (found == ranges_.end() || found->second.empty()) return std::nullopt;
    const Range& range = found->second[static_cast<std::size_t>(channel)];
    return range.constant() ? std::optional(range.lowest) : std::nullopt;
  }

  [[nodiscard]] bool alive(const std::string& value, int channel) {
    return !states_[classes_.class_of(value, channel)].removed;
  }
  [[nodiscard]] std::vector<int> alive(const std::string& value) {
    std::vector<int> channels;
    for (int c = 0; c < classes_.count(value); ++c) {
      if (alive(value, c)) channels.push_back(c);
    }
    return channels;
  }

  [[nodiscard]] std::string new_type(const std::string& value, const std::string& type) const {
    const auto lost = removed_.find(value);
    if (lost == removed_.end()) return type;
    mlir::TensorType tensor = type_of(type);
    tensor.shape.back() -= lost->second;
    return print(tensor);
  }

  // New constants go in front of the operation.
  void rewrite(Operation& operation, std::vector<Operation>& before) {
    for (std::size_t i = 0; i < operation.operands.size(); ++i)
      operation.operand_types[i] = new_type(operation.operands[i], operation.operand_types[i]);
    for (std::size_t i = 0; i < operation.results.size(); ++i)
      operation.result_types[i] = new_type(operation.results[i], operation.result_types[i]);
    if (operation.results.empty()) return;
    const bool loses_outputs = removed_.contains(operation.results[0]);
    const bool loses_inputs =
        !operation.operands.empty() && removed_.contains(operation.operands[0]);
    if (!loses_outputs && !loses_inputs) return;
    if (operation.name == "tosa.const") {
      operation =
          mlir::constant_operation(operation.results[0], type_of(operation.result_types[0]),
                                   chosen(numbers(operation.results[0]), operation.results[0]));
    } else if (const auto sums = sums_.find(operation.results[0]); sums != sums_.end()) {
      rewrite(operation, sums->second, before);
    } else if (operation.name == "tosa.rescale") {
      for (const std::size_t parameter : {1, 2}) {
        const auto values = numbers(operation.operands[parameter]);
        if (values.size() > 1)
          replace(operation, parameter, {}, chosen(values, operation.results[0]), before);
      }
    } else if (operation.name == "tosa.reshape") {
      replace_shape(operation, 1, before);
    } else if (operation.name == "tosa.slice") {
      replace_shape(operation, 2, before);
    }
  }

  void rewrite(Operation& operation, const ChannelSums& sums, std::vector<Operation>& before) {
    const std::string& input = operation.operands[0];
    const std::vector<int> outputs = alive(operation.results[0]);
    const std::vector<int> inputs = alive(input);
    std::vector<std::int64_t> biases;
    for (const int o : outputs) {
      std::int64_t bias = sums.biases[static_cast<std::size_t>(o)];
      for (int k = 0; !sums.depthwise && k < sums.inputs; ++k) {
        if (alive(input, k)) continue;
        const std::int64_t constant = constant_of(input, k).value_or(sums.zero_point);
        for (int tap = 0; tap < sums.taps; ++tap)
          bias += sums.weight(o, tap, k) * (constant - sums.zero_point);
      }
      biases.push_back(bias);
    }
    auto shape = type_of(operation.operand_types[1]).shape;
    std::vector<std::int64_t> weights;
    if (sums.depthwise) {
      shape[2] = static_cast<std::int64_t>(inputs.size());
      for (int tap = 0; tap < sums.taps; ++tap) {
        for (const int o : outputs) weights.push_back(sums.weight(o, tap, 0));
      }
    } else {
      shape[0] = static_cast<std::int64_t>(outputs.size());
      shape[3] = static_cast<std::int64_t>(inputs.size());
      for (const int o : outputs) {
        for (int tap = 0; tap < sums.taps; ++tap) {
          for (const int k : inputs) weights.push_back(sums.weight(o, tap, k));
        }
      }
    }
    replace(operation, 1, shape, weights, before);
    replace(operation, 2, {}, biases, before);
  }

  // Of a constant.
  [[nodiscard]] std::vector<std::int64_t> numbers(const std::string& value) const {
    return graph_.constant(value).value_or(std::vector<std::int64_t>());
  }

  // Those elements of a constant that belong to a value's living channels.
  std::vector<std::int64_t> chosen(const std::vector<std::int64_t>& elements,
                                   const std::string& value) {
    std::vector<std::int64_t> result;
    const auto channels = static_cast<std::size_t>(classes_.count(value));
    for (std::size_t i = 0; channels > 0 && i < elements.size(); ++i) {
      if (alive(value, static_cast<int>(i % channels))) result.push_back(elements[i]);
    }
    return result;
  }

  // A constant of its own for the operation: others may use the old one. No shape: a list.
  void replace(Operation& operation, std::size_t operand, std::vector<std::int64_t> shape,
               const std::vector<std::int64_t>& values, std::vector<Operation>& before) {
    if (shape.empty()) shape = {static_cast<std::int64_t>(values.size())};
    const std::string element = type_of(operation.operand_types[operand]).element;
    before.push_back(mlir::constant_operation(new_name(), {shape, element}, values));
    operation.operands[operand] = before.back().results[0];
    operation.operand_types[operand] = before.back().result_types[0];
  }

  void replace_shape(Operation& operation, std::size_t operand, std::vector<Operation>& before) {
    const auto shape = type_of(operation.result_types[0]).shape;
    Operation constant;
    constant.name = "tosa.const_shape";
    constant.results = {new_name()};
    constant.result_types = {operation.operand_types[operand]};
    constant.set("values", fmt::format("dense<[{}]> : tensor<{}xindex>", fmt::join(shape, ", "),
                                       shape.size()));
    operation.operands[operand] = constant.results[0];
    before.push_back(std::move(constant));
  }

  std::string new_name() { return fmt::format("%living_{}", names_++); }

  const Graph graph_;
  const ChannelRanges ranges_;
  ChannelClasses classes_;
  std::vector<State> states_;
  std::map<std::string, ChannelSums> sums_;  // of convolutions, by their results
  std::map<std::string, int> removed_;
  int names_ = 0;
};

}  // namespace

std::map<std::string, int> remove_dead_channels(mlir::Block& function) {
  Removal removal(function);
  if (!removal.removed().empty()) function.operations = removal.rewritten(function.operations);
  return removal.removed();
}

}  // namespace thimble::offload
