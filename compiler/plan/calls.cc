// See calls.h.
#include "compiler/plan/calls.h"

#include <algorithm>
#include <limits>

namespace thimble::plan {
namespace {

using Calls = std::optional<std::vector<Call>>;

// The stage that is farthest behind and can run runs next, if what it makes is waited for: so as
// little as possible lies about.
class ByThemselves {
 public:
  explicit ByThemselves(Parts parts) : parts_(std::move(parts)) {}

  Calls run() {
    std::vector<Call> calls;
    for (const Stage& stage : parts_.stages) turns_.push_back(turn_of(stage));
    for (;;) {
      auto next = std::find(turns_.rbegin(), turns_.rend(), Turn::kNow);
      if (next == turns_.rend()) next = std::find(turns_.rbegin(), turns_.rend(), Turn::kLast);
      if (next == turns_.rend()) break;
      const std::size_t number = static_cast<std::size_t>(turns_.rend() - next) - 1;
      Stage& stage = parts_.stages[number];
      calls.push_back({number, stage.call_rows(), false});
      stage.next += stage.call_rows();
      update_turns(number);
    }
    const bool is_complete = std::ranges::all_of(
        parts_.stages, [&](const Stage& stage) { return stage.is_done() || !is_result(stage); });
    return is_complete ? Calls(std::move(calls)) : std::nullopt;
  }

 private:
  // Whether a stage may run: not, only if nothing better can, or at once.
  enum class Turn : std::uint8_t { kNot, kLast, kNow };

  [[nodiscard]] bool is_waited_for(const Stage& stage) const {
    const Role& role = parts_.roles[stage.output];
    return std::ranges::any_of(role.readers, [&](const Reader& reader) {
      const Stage& other = parts_.stages[reader.stage];
      return !other.is_done() && parts_.written(stage.output) <
                                     other.inputs[reader.input].end(other.next + other.call_rows());
    });
  }

  // All rows of these are wanted, whoever reads them.
  [[nodiscard]] bool is_result(const Stage& stage) const {
    const Role& role = parts_.roles[stage.output];
    return stage.layer == nullptr || !role.ends || role.readers.empty();
  }

  [[nodiscard]] Turn turn_of(const Stage& stage) const {
    if (stage.is_done() || !parts_.is_ready(stage, stage.call_rows())) return Turn::kNot;
    if (is_waited_for(stage) || (is_result(stage) && parts_.roles[stage.output].readers.empty()))
      return Turn::kNow;
    return is_result(stage) ? Turn::kLast : Turn::kNot;
  }

  // What a call of the stage may have changed.
  void update_turns(std::size_t number) {
    const Stage& stage = parts_.stages[number];
    const auto update = [&](std::size_t s) { turns_[s] = turn_of(parts_.stages[s]); };
    update(number);
    for (const Reader& reader : parts_.roles[stage.output].readers) update(reader.stage);
    for (const StageInput& input : stage.inputs) {
      if (parts_.roles[input.operand].writer >= 0)
        update(static_cast<std::size_t>(parts_.roles[input.operand].writer));
    }
  }

  Parts parts_;
  std::vector<Turn> turns_;  // of stages
};

// Stage after stage, turn after turn.
class Together {
 public:
  Together(Parts parts, const Chain::Pace& pace) : parts_(std::move(parts)), pace_(pace) {}

  Calls run() {
    const std::size_t first = parts_.is_fed ? 1 : 0;
    int rows = pace_.first_turn;
    for (bool advanced = true; advanced; rows = pace_.others) {
      advanced = false;
      for (std::size_t s = first; s < parts_.stages.size(); ++s) {
        const int most = s == first ? rows : std::numeric_limits<int>::max();
        advanced = call(s, most, !advanced) || advanced;
      }
    }
    if (parts_.is_fed) feed_until([&] { return parts_.stages[0].is_done(); });
    const bool is_complete = std::ranges::all_of(parts_.stages, &Stage::is_done);
    return is_complete ? Calls(std::move(calls_)) : std::nullopt;
  }

 private:
  bool call(std::size_t number, int most, bool begins_turn) {
    Stage& stage = parts_.stages[number];
    most = std::min(most, stage.rows - stage.next);
    const bool is_next_to_caller = parts_.is_fed && number == 1;
    if (is_next_to_caller && most > 0) feed_until([&] { return parts_.is_ready(stage, most); });
    int rows = 0;
    while (rows < most && parts_.is_ready(stage, rows + 1)) ++rows;
    if (rows == 0) return false;
    calls_.push_back({number, rows, begins_turn});
    stage.next += rows;
    return true;
  }

  template <typename Done>
  void feed_until(const Done& is_done) {
    Stage& caller = parts_.stages[0];
    for (; !caller.is_done() && !is_done(); ++caller.next) calls_.push_back({0, 1, false});
  }

  Parts parts_;
  const Chain::Pace& pace_;
  std::vector<Call> calls_;
};

}  // namespace

std::optional<std::vector<Call>> find_calls(Parts parts, const Chain& chain) {
  return chain.advances_together() ? Together(std::move(parts), chain.pace).run()
                                   : ByThemselves(std::move(parts)).run();
}

}  // namespace thimble::plan
