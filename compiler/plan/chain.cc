// See chain.h. Calls are gone through twice: first to see how large windows must be.
#include "compiler/plan/chain.h"

#include <algorithm>

#include "compiler/plan/calls.h"
#include "compiler/plan/followings.h"
#include "runtime/plan.h"

namespace thimble::plan {
namespace {

constexpr double kCall = 120;      // instructions of a short call
constexpr double kDecode = 45;     // instructions of the runtime for a call
constexpr double kSlide = 90;      // for a slide
constexpr double kSlideByte = .5;  // for a byte of it

class Scheduler {
 public:
  Scheduler(const Network& network, const Chain& chain) : network_(network), chain_(chain) {}

  std::optional<Schedule> run() {
    std::optional<Parts> parts = make_parts(network_, chain_);
    if (!parts || parts->stages.size() > runtime::kMostStages) return std::nullopt;
    std::optional<std::vector<Call>> calls = find_calls(*parts, chain_);
    if (!calls) return std::nullopt;
    parts_ = *std::move(parts);
    calls_ = *std::move(calls);
    schedule_.is_fed = parts_.is_fed;
    measure();
    if (!size_windows()) return std::nullopt;
    schedule_.state_bytes =
        runtime::stream_state_bytes(parts_.stages.size(), schedule_.windows.size());
    if (!record()) return std::nullopt;
    for (const Stage& stage : parts_.stages) schedule_.cost -= cost(stage, stage.rows);
    schedule_.operands = std::move(parts_.operands);
    return std::move(schedule_);
  }

 private:
  void measure() {
    std::vector<int> rows(parts_.stages.size(), 1);
    std::vector<bool> is_read(parts_.operands.size(), false);
    for (const Call& call : calls_) {
      Stage& stage = parts_.stages[call.stage];
      rows[call.stage] = std::max(rows[call.stage], call.rows);
      Role& role = parts_.roles[stage.output];
      if (parts_.operands[stage.output].is_window) {
        if (stage.next == 0 && begins_with_windows(&stage)) role.at = first_window(stage.output);
        const std::int64_t from = is_read[stage.output] ? parts_.needed_from(stage.output)
                                                        : std::min<std::int64_t>(role.at, 0);
        role.most = std::max(role.most, stage.written(stage.next + call.rows) - from);
      }
      for (const StageInput& input : stage.inputs) {
        // What a window holds when it is first read lies at its end.
        if (!is_read[input.operand] && parts_.operands[input.operand].is_window &&
            !begins_with_windows(writer_of(input.operand)))
          parts_.roles[input.operand].at = parts_.written(input.operand);
        is_read[input.operand] = true;
      }
      stage.next += call.rows;
    }
    for (Stage& stage : parts_.stages) stage.next = 0;
    schedule_.rows.assign(rows.begin() + (parts_.is_fed ? 1 : 0), rows.end());
  }

  // Where stages advance together, rows beyond the input have their place, too: then an output is
  // in the same place to its input in all turns.
  [[nodiscard]] bool begins_with_windows(const Stage* writer) const {
    return chain_.advances_together() && writer != nullptr && writer->layer != nullptr;
  }
  [[nodiscard]] const Stage* writer_of(std::size_t operand) const {
    const int writer = parts_.roles[operand].writer;
    return writer < 0 ? nullptr : &parts_.stages[static_cast<std::size_t>(writer)];
  }

  // The byte that the first windows of those begin with that read an operand, in whole rows.
  [[nodiscard]] std::int64_t first_window(std::size_t operand) const {
    const std::int64_t row = parts_.operands[operand].row_bytes;
    std::int64_t first = 0;
    for (const Reader& reader : parts_.roles[operand].readers)
      first = std::min(first, parts_.stages[reader.stage].inputs[reader.input].first_window());
    return -((row - 1 - first) / row) * row;
  }

  [[nodiscard]] int spare_rows(std::size_t stage) const {
    if (!parts_.is_fed) return chain_.spare[stage];
    return stage == 0 ? chain_.input_spare : chain_.spare[stage - 1];
  }

  bool size_windows() {
    for (std::size_t i = 0; i < parts_.roles.size(); ++i) {
      Operand& operand = parts_.operands[i];
      if (!operand.is_window) continue;
      Role& role = parts_.roles[i];
      const std::int64_t spare = spare_rows(static_cast<std::size_t>(role.writer));
      const auto all = static_cast<std::int64_t>(operand.size);
      const std::int64_t size = std::min(all, role.most + spare * operand.row_bytes);
      if (size == all) {
        role.at = 0;
      } else if (!begins_with_windows(writer_of(i))) {
        role.at = std::min<std::int64_t>(0, role.at - role.most);
      }
      operand.size = static_cast<std::uint64_t>(size);
      operand.first = role.at;
      if (schedule_.windows.size() == runtime::kMostWindows) return false;
      schedule_.windows.push_back(static_cast<std::uint8_t>(i));
    }
    return true;
  }

  // Where nothing is told, calls differ by what any of them takes.
  static double cost(const Stage& stage, int rows) {
    if (stage.layer == nullptr) return 0;
    return stage.layer->cost.row > 0 ? stage.layer->cost.of(rows) : kCall;
  }

  bool record() {
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      const Call& call = calls_[i];
      if (call.begins_turn && !make_room_for_turn(i)) return false;
      if (!make_room(call) || !add_call(call)) return false;
    }
    return true;
  }

  // All slide as far as they can, so that they keep their distances; the last ones first: they lie
  // lowest.
  bool make_room_for_turn(std::size_t first) {
    std::size_t end = first + 1;
    while (end < calls_.size() && !calls_[end].begins_turn) ++end;
    for (std::size_t i = end; i-- > first;) {
      const Stage& stage = parts_.stages[calls_[i].stage];
      if (stage.layer == nullptr || !parts_.operands[stage.output].is_window || stage.next == 0)
        continue;
      if (parts_.needed_from(stage.output) > parts_.roles[stage.output].at && !slide(stage.output))
        return false;
    }
    return true;
  }

  // For what a call writes, its window slides if it must.
  bool make_room(const Call& call) {
    const Stage& stage = parts_.stages[call.stage];
    const Operand& output = parts_.operands[stage.output];
    const std::int64_t end = stage.written(stage.next + call.rows);
    const std::int64_t room =
        parts_.roles[stage.output].at + static_cast<std::int64_t>(output.size);
    return !output.is_window || end <= room || slide(stage.output);
  }

  bool slide(std::size_t window) {
    const std::int64_t row = parts_.operands[window].row_bytes;
    Role& role = parts_.roles[window];
    const std::int64_t from = parts_.needed_from(window);
    const std::int64_t down = (from - role.at) / row;
    const std::int64_t kept = (parts_.written(window) - from) / row;
    if (!add_op(runtime::kSlide + window_number(window), down, kept)) return false;
    role.at = from;
    changed_.push_back(window);
    note(std::nullopt);
    schedule_.cost += kSlide + kSlideByte * static_cast<double>(kept * row);
    return true;
  }

  bool add_op(std::int64_t what, std::int64_t first, std::int64_t second) {
    for (const std::int64_t byte : {what, first, second}) {
      if (byte > runtime::kMostRowsOfOp) return false;
      schedule_.ops.push_back(static_cast<std::uint8_t>(byte));
    }
    return true;
  }

  bool add_call(const Call& call) {
    Stage& stage = parts_.stages[call.stage];
    const std::uint8_t number = number_of(call.stage);
    if (stage.layer == nullptr ||
        call.rows == std::min(schedule_.rows[number], stage.rows - stage.next)) {
      schedule_.ops.push_back(number);
    } else if (!add_op(runtime::kCallRows, number, call.rows)) {
      return false;
    }
    schedule_.cost += kDecode + cost(stage, call.rows);
    note(call);
    stage.next += call.rows;
    return true;
  }

  // As ops tell stages: the caller comes behind all others.
  [[nodiscard]] std::uint8_t number_of(std::size_t stage) const {
    if (parts_.is_fed) stage = (stage == 0 ? parts_.stages.size() : stage) - 1;
    return static_cast<std::uint8_t>(stage);
  }

  [[nodiscard]] std::int64_t window_number(std::size_t operand) const {
    const auto found = std::ranges::find(schedule_.windows, static_cast<std::uint8_t>(operand));
    return found - schedule_.windows.begin();
  }

  // What is alive in a call, or when a window has slid.
  void note(std::optional<Call> call) {
    if (now_.empty()) {
      now_.resize(parts_.roles.size());
      for (std::size_t i = 0; i < parts_.roles.size(); ++i) changed_.push_back(i);
    }
    if (call) note_operands(call->stage);
    for (const std::size_t i : changed_) {
      Alive alive = alive_now(i, call);
      if (alive.end <= alive.begin) alive = {};
      alive_bytes_ += (alive.end - alive.begin) - (now_[i].end - now_[i].begin);
      now_[i] = alive;
    }
    changed_.clear();
    std::int64_t shared = 0;
    if (call) {
      for (const Following& following :
           find_followings(parts_, *call, parts_.operands[0].alive.size())) {
        const auto alive = [&](int tensor) { return now_[operand_of(tensor)]; };
        shared = std::max(shared, most_shared(following, alive(following.overlap.input),
                                              alive(following.overlap.output)));
        schedule_.followings.push_back(following);
      }
    }
    for (std::size_t i = 0; i < now_.size(); ++i) parts_.operands[i].alive.push_back(now_[i]);
    schedule_.peak_bytes =
        std::max(schedule_.peak_bytes,
                 static_cast<std::uint64_t>(alive_bytes_ - shared) + schedule_.state_bytes);
    if (call) note_operands(call->stage);  // for what follows
  }

  [[nodiscard]] std::size_t operand_of(int tensor) const {
    const auto found = std::ranges::find(parts_.operands, tensor, &Operand::tensor);
    return static_cast<std::size_t>(found - parts_.operands.begin());
  }

  void note_operands(std::size_t stage_number) {
    const Stage& stage = parts_.stages[stage_number];
    for (const StageInput& input : stage.inputs) changed_.push_back(input.operand);
    changed_.push_back(stage.output);
    if (stage.scratch != kNoOperand) changed_.push_back(stage.scratch);
  }

  [[nodiscard]] Alive alive_now(std::size_t i, std::optional<Call> call) const {
    const Role& role = parts_.roles[i];
    const Operand& operand = parts_.operands[i];
    const auto size = static_cast<std::int64_t>(operand.size);
    if (role.scratch_of >= 0) {
      const auto owner = static_cast<std::size_t>(role.scratch_of);
      const Stage& stage = parts_.stages[owner];
      const bool keeps = stage.reduces() && stage.next > 0 && !stage.is_done();
      return (call && call->stage == owner) || keeps ? Alive{0, size} : Alive{};
    }
    std::int64_t end = parts_.written(i);
    if (call && parts_.stages[call->stage].output == i)
      end = parts_.stages[call->stage].written(parts_.stages[call->stage].next + call->rows);
    if (!role.begins && !role.ends) return {0, size};
    if (!role.ends) return {0, end};
    return {parts_.needed_from(i) - role.at, end - role.at};
  }

  const Network& network_;
  const Chain& chain_;
  Parts parts_;
  std::vector<Call> calls_;
  std::vector<Alive> now_;            // of operands
  std::vector<std::size_t> changed_;  // operands that may have, since
  std::int64_t alive_bytes_ = 0;
  Schedule schedule_;
};

}  // namespace

std::optional<Schedule> schedule(const Network& network, const Chain& chain) {
  return Scheduler(network, chain).run();
}

}  // namespace thimble::plan
