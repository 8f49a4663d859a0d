// See chain.h. The stage that is farthest behind and can run runs next, if what it makes is waited
// for: so as little as possible lies about.
#include "compiler/plan/chain.h"

#include <algorithm>
#include <limits>

#include "compiler/plan/stages.h"
#include "runtime/plan.h"

namespace thimble::plan {
namespace {

constexpr double kCall = 120;      // instructions of a short call
constexpr double kDecode = 45;     // instructions of the runtime for a call
constexpr double kSlide = 90;      // for a slide
constexpr double kSlideByte = .5;  // for a byte of it

class Simulation {
 public:
  Simulation(const Network& network, const Chain& chain) : network_(network), chain_(chain) {}

  std::optional<Schedule> run() {
    std::optional<Parts> parts = make_parts(network_, chain_);
    if (!parts) return std::nullopt;
    stages_ = std::move(parts->stages);
    roles_ = std::move(parts->roles);
    schedule_.operands = std::move(parts->operands);
    schedule_.is_fed = parts->is_fed;
    if (!go_through(&Simulation::measure) || !size_windows()) return std::nullopt;
    for (Stage& stage : stages_) stage.next = 0;
    schedule_.state_bytes = runtime::stream_state_bytes(stages_.size(), schedule_.windows.size());
    if (!go_through(&Simulation::record)) return std::nullopt;
    for (const Stage& stage : stages_) schedule_.cost -= cost(stage, stage.rows);
    return std::move(schedule_);
  }

 private:
  [[nodiscard]] const Tensor& tensor(std::size_t operand) const {
    return network_.liveness.tensors[static_cast<std::size_t>(schedule_.operands[operand].tensor)];
  }

  // The first byte that is still to be read in the chain; behind everything if there is none.
  [[nodiscard]] std::int64_t unread(std::size_t operand) const {
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    for (const Reader& reader : roles_[operand].readers) {
      const Stage& stage = stages_[reader.stage];
      if (!stage.is_done()) first = std::min(first, stage.inputs[reader.input].begin(stage.next));
    }
    return first;
  }

  // The same, in whole rows of a window, and not behind what is written.
  [[nodiscard]] std::int64_t kept_from(std::size_t operand) const {
    const std::int64_t row = schedule_.operands[operand].row_bytes;
    return std::min(unread(operand), written(operand)) / row * row;
  }

  [[nodiscard]] std::int64_t written(std::size_t operand) const {
    const int writer = roles_[operand].writer;
    if (writer < 0) return static_cast<std::int64_t>(tensor(operand).size);
    const Stage& stage = stages_[static_cast<std::size_t>(writer)];
    return stage.written(stage.next);
  }

  [[nodiscard]] bool is_ready(const Stage& stage) const {
    return std::ranges::all_of(stage.inputs, [&](const StageInput& input) {
      return roles_[input.operand].writer < 0 ||
             written(input.operand) >= input.end(stage.next + stage.call_rows());
    });
  }

  [[nodiscard]] bool is_waited_for(const Stage& stage) const {
    const Role& role = roles_[stage.output];
    return std::ranges::any_of(role.readers, [&](const Reader& reader) {
      const Stage& other = stages_[reader.stage];
      return !other.is_done() &&
             written(stage.output) < other.inputs[reader.input].end(other.next + other.call_rows());
    });
  }

  // All rows of these are wanted, whoever reads them.
  [[nodiscard]] bool is_result(const Stage& stage) const {
    return stage.layer == nullptr || !roles_[stage.output].ends ||
           roles_[stage.output].readers.empty();
  }

  // Whether a stage may run: not, only if nothing better can, or at once.
  enum class Turn : std::uint8_t { kNot, kLast, kNow };
  [[nodiscard]] Turn turn_of(const Stage& stage) const {
    if (stage.is_done() || !is_ready(stage)) return Turn::kNot;
    if (is_waited_for(stage) || (is_result(stage) && roles_[stage.output].readers.empty()))
      return Turn::kNow;
    return is_result(stage) ? Turn::kLast : Turn::kNot;
  }

  // What a call of the stage may have changed.
  void update_turns(const Stage& stage) {
    const auto update = [&](std::size_t s) { turns_[s] = turn_of(stages_[s]); };
    update(static_cast<std::size_t>(&stage - stages_.data()));
    for (const Reader& reader : roles_[stage.output].readers) update(reader.stage);
    for (const StageInput& input : stage.inputs) {
      if (roles_[input.operand].writer >= 0)
        update(static_cast<std::size_t>(roles_[input.operand].writer));
    }
  }

  // Calls `visit` for each call, in their order. False if nothing can run though not all is done.
  bool go_through(bool (Simulation::*visit)(std::size_t)) {
    turns_.clear();
    for (const Stage& stage : stages_) turns_.push_back(turn_of(stage));
    for (;;) {
      auto next = std::find(turns_.rbegin(), turns_.rend(), Turn::kNow);
      if (next == turns_.rend()) next = std::find(turns_.rbegin(), turns_.rend(), Turn::kLast);
      if (next == turns_.rend()) break;
      Stage& stage = stages_[static_cast<std::size_t>(turns_.rend() - next) - 1];
      if (!(this->*visit)(static_cast<std::size_t>(&stage - stages_.data()))) return false;
      stage.next += stage.call_rows();
      update_turns(stage);
    }
    return std::ranges::all_of(
        stages_, [&](const Stage& stage) { return stage.is_done() || !is_result(stage); });
  }

  bool measure(std::size_t s) {
    const Stage& stage = stages_[s];
    Role& role = roles_[stage.output];
    if (schedule_.operands[stage.output].is_window) {
      role.most = std::max(role.most,
                           stage.written(stage.next + stage.call_rows()) - kept_from(stage.output));
    }
    for (const StageInput& input : stage.inputs) {
      Operand& operand = schedule_.operands[input.operand];
      // What a window holds when it is first read lies at its end.
      if (operand.is_window && roles_[input.operand].at == 0)
        roles_[input.operand].at = written(input.operand);
    }
    return true;
  }

  [[nodiscard]] int spare_rows(std::size_t stage) const {
    if (!schedule_.is_fed) return chain_.spare[stage];
    return stage == 0 ? chain_.input_spare : chain_.spare[stage - 1];
  }

  bool size_windows() {
    for (std::size_t i = 0; i < roles_.size(); ++i) {
      Operand& operand = schedule_.operands[i];
      if (!operand.is_window) continue;
      Role& role = roles_[i];
      const std::int64_t spare = spare_rows(static_cast<std::size_t>(role.writer));
      const auto all = static_cast<std::int64_t>(operand.size);
      const std::int64_t size = std::min(all, role.most + spare * operand.row_bytes);
      role.at = size == all ? 0 : std::min<std::int64_t>(0, role.at - role.most);
      operand.size = static_cast<std::uint64_t>(size);
      operand.first = role.at;
      if (schedule_.windows.size() == runtime::kMostWindows) return false;
      schedule_.windows.push_back(static_cast<std::uint8_t>(i));
    }
    return stages_.size() <= runtime::kMostStages;
  }

  // Where nothing is told, calls differ by what any of them takes.
  static double cost(const Stage& stage, int rows) {
    if (stage.layer == nullptr) return 0;
    return stage.layer->cost.row > 0 ? stage.layer->cost.of(rows) : kCall;
  }

  bool record(std::size_t s) {
    Stage& stage = stages_[s];
    Operand& output = schedule_.operands[stage.output];
    Role& role = roles_[stage.output];
    const int rows = stage.call_rows();
    const std::int64_t end = stage.written(stage.next + rows);
    if (output.is_window && end - role.at > static_cast<std::int64_t>(output.size)) {
      const std::int64_t from = kept_from(stage.output);
      const std::int64_t down = (from - role.at) / output.row_bytes;
      const std::int64_t kept = (written(stage.output) - from) / output.row_bytes;
      if (down > runtime::kMostSlideRows || kept > runtime::kMostSlideRows) return false;
      for (const std::int64_t byte :
           {runtime::kSlide + std::int64_t{window_number(stage.output)}, down, kept})
        schedule_.ops.push_back(static_cast<std::uint8_t>(byte));
      note(std::nullopt, stage.output);
      role.at = from;
      schedule_.cost += kSlide + kSlideByte * static_cast<double>(kept * output.row_bytes);
    }
    schedule_.ops.push_back(number_of(s));
    schedule_.cost += kDecode + cost(stage, rows);
    note(s, std::nullopt);
    return true;
  }

  // As ops tell stages: the caller comes behind all others.
  [[nodiscard]] std::uint8_t number_of(std::size_t stage) const {
    if (schedule_.is_fed) stage = (stage == 0 ? stages_.size() : stage) - 1;
    return static_cast<std::uint8_t>(stage);
  }

  [[nodiscard]] int window_number(std::size_t operand) const {
    const auto found = std::ranges::find(schedule_.windows, static_cast<std::uint8_t>(operand));
    return static_cast<int>(found - schedule_.windows.begin());
  }

  // What is alive while a stage is called or a window slides.
  void note(std::optional<std::size_t> caller, std::optional<std::size_t> sliding) {
    if (now_.empty()) {
      now_.resize(roles_.size());
      for (std::size_t i = 0; i < roles_.size(); ++i) changed_.push_back(i);
    }
    const auto refresh = [&](std::size_t i) {
      Alive alive = alive_now(i, caller);
      if (sliding == i && alive.begin < alive.end) alive.begin = 0;
      if (alive.end <= alive.begin) alive = {};
      alive_bytes_ += (alive.end - alive.begin) - (now_[i].end - now_[i].begin);
      now_[i] = alive;
    };
    if (sliding) changed_.push_back(*sliding);
    if (caller) note_operands(*caller);
    for (const std::size_t i : changed_) refresh(i);
    changed_.clear();
    for (std::size_t i = 0; i < roles_.size(); ++i) schedule_.operands[i].alive.push_back(now_[i]);
    schedule_.peak_bytes = std::max(
        schedule_.peak_bytes, static_cast<std::uint64_t>(alive_bytes_) + schedule_.state_bytes);
    if (sliding) changed_.push_back(*sliding);
    if (caller) note_operands(*caller);  // for what follows
  }

  void note_operands(std::size_t caller) {
    const Stage& stage = stages_[caller];
    for (const StageInput& input : stage.inputs) changed_.push_back(input.operand);
    changed_.push_back(stage.output);
    if (stage.scratch != kNoOperand) changed_.push_back(stage.scratch);
  }

  [[nodiscard]] Alive alive_now(std::size_t i, std::optional<std::size_t> caller) const {
    const Role& role = roles_[i];
    const Operand& operand = schedule_.operands[i];
    const auto size = static_cast<std::int64_t>(operand.size);
    if (role.scratch_of >= 0) {
      const auto owner = static_cast<std::size_t>(role.scratch_of);
      const Stage& stage = stages_[owner];
      const bool keeps = stage.reduces() && stage.next > 0 && !stage.is_done();
      return caller == owner || keeps ? Alive{0, size} : Alive{};
    }
    std::int64_t end = written(i);
    if (caller && stages_[*caller].output == i)
      end = stages_[*caller].written(stages_[*caller].next + stages_[*caller].call_rows());
    if (!role.begins && !role.ends) return {0, size};
    if (!role.ends) return {0, end};
    const std::int64_t begin = operand.is_window ? kept_from(i) : std::min(unread(i), written(i));
    return {begin - role.at, end - role.at};
  }

  const Network& network_;
  const Chain& chain_;
  std::vector<Stage> stages_;
  std::vector<Role> roles_;
  std::vector<Turn> turns_;           // of stages
  std::vector<Alive> now_;            // of operands
  std::vector<std::size_t> changed_;  // operands that may have, since
  std::int64_t alive_bytes_ = 0;
  Schedule schedule_;
};

}  // namespace

std::optional<Schedule> schedule(const Network& network, const Chain& chain) {
  return Simulation(network, chain).run();
}

}  // namespace thimble::plan
