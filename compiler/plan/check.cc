// See check.h.
#include "compiler/plan/check.h"

#include "compiler/plan/arena_contents.h"
#include "compiler/plan/check_stream.h"

namespace thimble::plan {
namespace {

using iree::Access;

class StepsCheck {
 public:
  explicit StepsCheck(const Plan& plan) : plan_(plan), contents_(plan) {}

  Status run() {
    if (plan_.feed) {
      TRY(contents_.write("the state of feeding", plan_.feed->state));
    } else {
      for (const Binding& input : plan_.inputs) TRY(contents_.write("an input", input));
    }
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      const Step& step = plan_.steps[s];
      const std::string name = fmt::format("step {}", s);
      switch (step.kind) {
        case StepKind::kMicrokernel:
          TRY(run_microkernel(name, step));
          break;
        case StepKind::kStream:
          TRY(check_stream(plan_, s, contents_));
          s +=
              static_cast<std::size_t>(plan_.streams[static_cast<std::size_t>(step.stream)].stages);
          break;
        case StepKind::kCopy:
          TRY(contents_.copy(name, step.bindings[1], step.bindings[0]));
          break;
        default:
          TRY(run_apart(name, step));
      }
    }
    if (plan_.feed) TRY(contents_.read("the state of feeding", plan_.feed->state));
    for (const Binding& output : plan_.outputs) TRY(contents_.read_written("an output", output));
    return {};
  }

 private:
  // Everything is read before and after anything is written.
  Status run_apart(const std::string& name, const Step& step) {
    for (const Binding& binding : step.bindings) {
      if (binding.access != Access::kWrite) TRY(contents_.read(name, binding));
    }
    for (const Binding& binding : step.bindings) {
      if (binding.access != Access::kRead) TRY(contents_.write(name, binding));
    }
    for (const Binding& binding : step.bindings) TRY(contents_.read(name, binding));
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
    TRY(contents_.write(name, scratch));
    for (std::size_t i = 0; i < inputs; ++i) TRY(contents_.read(name, step.bindings[i]));
    for (std::size_t i = 0; i < inputs; ++i) {
      if (step.bindings[i].in_arena) TRY(follow(name, orders[i], step.bindings[i], output));
    }
    TRY(contents_.write(name, output));
    return contents_.read(name, scratch);
  }

  // Goes through all writes of the output, in their order, and looks what they destroy.
  [[nodiscard]] Status follow(const std::string& name, const offload::Order& order,
                              const Binding& input, const Binding& output) const {
    if (static_cast<std::int64_t>(input.offset - output.offset) == order.exactly) return {};
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

  const Plan& plan_;
  ArenaContents contents_;
};

}  // namespace

Status check(const Plan& plan) {
  return StepsCheck(plan).run();
}

}  // namespace thimble::plan
