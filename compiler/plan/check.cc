// See check.h.
#include "compiler/plan/check.h"

#include <algorithm>

namespace thimble::plan {
namespace {

using iree::Access;

class Memory {
 public:
  explicit Memory(const Plan& plan) : plan_(plan), arena_(plan.arena_bytes) {
    for (const PlannedTensor& tensor : plan.tensors) known_.emplace_back(tensor.bytes, false);
  }

  Status run() {
    for (const Binding& input : plan_.inputs) TRY(write("an input", input));
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      const Step& step = plan_.steps[s];
      const std::string name = fmt::format("step {}", s);
      switch (step.kind) {
        case StepKind::kMicrokernel:
          TRY(run_microkernel(name, step));
          break;
        case StepKind::kCopy:
          TRY(copy(name, step.bindings[1], step.bindings[0]));
          break;
        default:
          TRY(run_apart(name, step));
      }
    }
    for (const Binding& output : plan_.outputs) TRY(read("an output", output));
    return {};
  }

 private:
  struct Content {
    int tensor = -1;
    std::uint64_t byte = 0;
  };

  // Everything is read before and after anything is written.
  Status run_apart(const std::string& name, const Step& step) {
    for (const Binding& binding : step.bindings) {
      if (binding.access != Access::kWrite) TRY(read(name, binding));
    }
    for (const Binding& binding : step.bindings) {
      if (binding.access != Access::kRead) TRY(write(name, binding));
    }
    for (const Binding& binding : step.bindings) TRY(read(name, binding));
    return {};
  }

  Status copy(const std::string& name, const Binding& source, const Binding& target) {
    TRY(read(name, source));
    std::vector<bool> known(target.length, true);
    if (source.in_arena && source.tensor == target.tensor) {  // a move: what was unknown stays so
      const auto& whole = known_[static_cast<std::size_t>(source.tensor)];
      std::copy_n(whole.begin() + static_cast<std::ptrdiff_t>(source.tensor_offset), source.length,
                  known.begin());
    }
    TRY(write(name, target));
    std::copy(known.begin(), known.end(),
              known_[static_cast<std::size_t>(target.tensor)].begin() +
                  static_cast<std::ptrdiff_t>(target.tensor_offset));
    return {};
  }

  // Bindings: inputs, output, scratch.
  Status run_microkernel(const std::string& name, const Step& step) {
    const std::vector<offload::Order>& orders =
        plan_.layers[static_cast<std::size_t>(step.layer)].layer.orders;
    const Binding& scratch = step.bindings.back();
    const Binding& output = step.bindings[step.bindings.size() - 2];
    const std::size_t inputs = step.bindings.size() - 2;
    if (orders.size() != inputs) return run_apart(name, step);
    TRY(write(name, scratch));
    for (std::size_t i = 0; i < inputs; ++i) TRY(read(name, step.bindings[i]));
    for (std::size_t i = 0; i < inputs; ++i) {
      if (step.bindings[i].in_arena) TRY(follow(name, orders[i], step.bindings[i], output));
    }
    TRY(write(name, output));
    return read(name, scratch);
  }

  // Goes through all writes of the output, in their order, and looks what they destroy.
  [[nodiscard]] Status follow(const std::string& name, const offload::Order& order,
                              const Binding& input, const Binding& output) const {
    const auto channels = static_cast<std::uint64_t>(order.channels);
    std::uint64_t begin = 0;
    bool is_right = true;
    offload::for_each_write(order, [&](std::int64_t end, std::int64_t unread) {
      for (; begin < static_cast<std::uint64_t>(end) * channels; ++begin) {
        if (begin >= output.length) continue;
        const std::uint64_t address = output.offset + begin;
        if (address < input.offset || address >= input.offset + input.length) continue;
        const std::uint64_t byte = address - input.offset;
        const bool is_read =
            byte % channels == begin % channels && std::int64_t(byte / channels) < unread;
        is_right = is_right && is_read;
      }
    });
    if (is_right && begin >= output.length) return {};
    return fail(ExitCode::kToolFailed, "memory plan: {} writes over tensor {} before it is read",
                name, input.tensor);
  }

  [[nodiscard]] Status is_inside(const std::string& name, const Binding& binding) const {
    if (binding.in_arena && binding.length <= arena_.size() &&
        binding.offset <= arena_.size() - binding.length)
      return {};
    return fail(ExitCode::kToolFailed, "memory plan: {} goes beyond the arena", name);
  }

  [[nodiscard]] Status read(const std::string& name, const Binding& binding) const {
    if (!binding.in_arena) return {};
    TRY(is_inside(name, binding));
    const auto& known = known_[static_cast<std::size_t>(binding.tensor)];
    for (std::uint64_t i = 0; i < binding.length; ++i) {
      const std::uint64_t byte = binding.tensor_offset + i;
      if (!known[byte]) continue;  // parts may be read that nobody has written
      const Content& content = arena_[binding.offset + i];
      if (content.tensor == binding.tensor && content.byte == byte) continue;
      return fail(ExitCode::kToolFailed,
                  "memory plan: {} reads byte {} of tensor {}, where a byte of tensor {} is", name,
                  byte, binding.tensor, content.tensor);
    }
    return {};
  }

  Status write(const std::string& name, const Binding& binding) {
    TRY(is_inside(name, binding));
    auto& known = known_[static_cast<std::size_t>(binding.tensor)];
    for (std::uint64_t i = 0; i < binding.length; ++i) {
      arena_[binding.offset + i] = {binding.tensor, binding.tensor_offset + i};
      known[binding.tensor_offset + i] = true;
    }
    return {};
  }

  const Plan& plan_;
  std::vector<Content> arena_;
  std::vector<std::vector<bool>> known_;  // bytes of tensors that were written
};

}  // namespace

Status check(const Plan& plan) {
  return Memory(plan).run();
}

}  // namespace thimble::plan
