// See outlines.h.
#include "compiler/timeline/outlines.h"

#include <algorithm>
#include <map>
#include <optional>

#include "compiler/plan/stream_ops.h"

namespace thimble::timeline {
namespace {

constexpr std::size_t kInstants = 16;  // of a step
constexpr std::size_t kInstantsOfStream = 96;

std::size_t at(int number) {
  return static_cast<std::size_t>(number);
}

// What a stream has done so far, and which bytes of its tensors matter for what it has yet to do.
class StreamState {
 public:
  StreamState(const plan::Plan& plan, std::size_t number)
      : plan_(plan), stream_(plan.streams[at(plan.steps[number].stream)]) {
    for (int stage = 0; stage < stream_.stages; ++stage)
      stages_.push_back(&plan.steps[number + 1 + at(stage)]);
    next_rows_.resize(stages_.size());
    is_fed_ = plan.feed.has_value() && number == 0;
    for (const plan::Stream::Window& window : stream_.windows) firsts_.push_back(window.first);
  }

  // Windows slide before they are written.
  void slide(const plan::StreamOp& op) {
    firsts_[op.number] += op.down * stream_.windows[op.number].row_bytes;
  }

  void begin(const plan::StreamOp& call) {
    if (call.number == stages_.size()) {  // the caller
      ++fed_rows_;
      return;
    }
    first_row_ = next_rows_[call.number];
    next_rows_[call.number] = std::min(stages_[call.number]->workgroups[0], first_row_ + call.rows);
  }

  // Of each tensor what matters while a stage is in its call, or when all have ended.
  [[nodiscard]] std::map<int, Instant> now(std::optional<std::size_t> running) const {
    std::map<int, Instant> all;
    std::map<int, std::uint64_t> unread;
    for (std::size_t stage = 0; stage < stages_.size(); ++stage) {
      const plan::Step& step = *stages_[stage];
      const offload::Layer& layer = plan_.layers[at(step.layer)].layer;
      const plan::Binding& output = step.bindings[step.bindings.size() - 2];
      Instant& made = all[output.tensor];
      made.high = std::max(made.high, written(step, layer, output, next_rows_[stage]));
      std::uint32_t row = next_rows_[stage];
      if (stage == running) row = first_row_;
      for (std::size_t i = 0; i + 2 < step.bindings.size(); ++i) {
        if (!step.bindings[i].in_arena) continue;
        const std::uint64_t first =
            first_read(step.bindings[i], layer.reads[i], row, step.workgroups[0]);
        const auto [place, is_new] = unread.try_emplace(step.bindings[i].tensor, first);
        if (!is_new) place->second = std::min(place->second, first);
      }
    }
    for (const auto& [tensor, first] : unread) {
      const auto [place, is_new] = all.try_emplace(tensor);
      if (is_new) {
        place->second.high = is_fed_ && tensor == plan_.inputs[0].tensor
                                 ? fed_rows_ * plan_.feed->row_bytes
                                 : plan_.tensors[at(tensor)].bytes;
      }
      place->second.low = first;
    }
    for (std::size_t i = 0; i < stream_.windows.size(); ++i) {
      Instant& instant = all[stream_.windows[i].tensor];
      const auto first = static_cast<std::uint64_t>(std::max<std::int64_t>(firsts_[i], 0));
      instant.low -= std::min(instant.low, first);
      instant.high -= std::min(instant.high, first);
    }
    return all;
  }

 private:
  static std::uint64_t written(const plan::Step& step, const offload::Layer& layer,
                               const plan::Binding& output, std::uint32_t rows) {
    if (layer.reduces) return rows == step.workgroups[0] ? output.tensor_offset + output.length : 0;
    return rows == 0 ? 0 : output.tensor_offset + output.length / step.workgroups[0] * rows;
  }

  // Of an input, what is read first from a row on.
  static std::uint64_t first_read(const plan::Binding& input, const offload::RowReads& reads,
                                  std::uint32_t row, std::uint32_t rows) {
    const auto length = static_cast<std::int64_t>(input.length);
    const std::int64_t first =
        row == rows ? length : std::clamp(reads.first + row * reads.step, std::int64_t{0}, length);
    return input.tensor_offset + static_cast<std::uint64_t>(first);
  }

  const plan::Plan& plan_;
  const plan::Stream& stream_;
  std::vector<const plan::Step*> stages_;
  std::vector<std::uint32_t> next_rows_;
  std::uint32_t first_row_ = 0;  // of the last call
  std::vector<std::int64_t> firsts_;
  bool is_fed_ = false;
  std::uint64_t fed_rows_ = 0;
};

class Outlines {
 public:
  Outlines(const plan::Plan& plan, const std::vector<int>& numbers, Timeline& timeline)
      : plan_(plan), numbers_(numbers), timeline_(timeline) {}

  void run() {
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      const plan::Step& step = plan_.steps[s];
      if (step.kind == plan::StepKind::kStream) {
        add_stream(s);
      } else if (step.stream < 0) {
        for (const Sharing& sharing : timeline_.steps[s].sharing) {
          if (!sharing.by_channel) add_step(s, sharing);
        }
      }
    }
  }

 private:
  [[nodiscard]] Place* place_from(int tensor, int first_step) {
    Place& place = timeline_.tensors[at(tensor)].places.front();
    return place.first_step == first_step ? &place : nullptr;
  }
  [[nodiscard]] Place* place_to(int tensor, int last_step) {
    Place& place = timeline_.tensors[at(tensor)].places.back();
    return place.last_step == last_step ? &place : nullptr;
  }

  // Time passes as the output grows.
  void add_step(std::size_t number, const Sharing& sharing) {
    const int step = static_cast<int>(number);
    const double begin = step;
    Place* grows = place_from(sharing.output, step);
    if (grows != nullptr && grows->outline.empty())
      grows->outline = {{begin, 0, 0}, {begin + 1, 0, timeline_.tensors[at(sharing.output)].bytes}};
    Place* shrinks = place_to(sharing.input, step);
    if (shrinks == nullptr) return;
    const plan::Step& planned = plan_.steps[number];
    for (std::size_t i = 0; i + 2 < planned.bindings.size(); ++i) {
      if (planned.bindings[i].tensor != -1 &&
          numbers_[at(planned.bindings[i].tensor)] == sharing.input)
        shrink(plan_.layers[at(planned.layer)].layer.orders[i], planned.bindings[i],
               planned.bindings[planned.bindings.size() - 2].length, begin, *shrinks);
    }
  }

  static void shrink(const offload::Order& order, const plan::Binding& input,
                     std::uint64_t output_bytes, double begin, Place& place) {
    const std::uint64_t bytes = input.tensor_offset + input.length;
    std::vector<Instant> all{{begin, input.tensor_offset, bytes}};
    offload::for_each_write(order, [&](std::int64_t end, std::int64_t unread) {
      const auto low = std::clamp(unread, std::int64_t{0}, static_cast<std::int64_t>(input.length));
      const double done = static_cast<double>(end) / static_cast<double>(output_bytes);
      all.push_back({begin + std::min(done, 1.0),
                     input.tensor_offset + static_cast<std::uint64_t>(low), bytes});
    });
    place.outline.clear();
    for (std::size_t i = 0; i <= kInstants; ++i)
      place.outline.push_back(all[i * (all.size() - 1) / kInstants]);
  }

  void add_stream(std::size_t number) {
    const plan::Stream& stream = plan_.streams[at(plan_.steps[number].stream)];
    StreamState state(plan_, number);
    const std::vector<plan::StreamOp> ops = plan::read_ops(plan_, number);
    const auto calls =
        static_cast<std::size_t>(std::ranges::count(ops, false, &plan::StreamOp::slides));
    const double steps = stream.stages + 1;
    const std::size_t stride = calls / kInstantsOfStream + 1;
    std::size_t call = 0;
    for (const plan::StreamOp& op : ops) {
      if (op.slides) {
        state.slide(op);
        continue;
      }
      state.begin(op);
      const double time = static_cast<double>(number) +
                          steps * static_cast<double>(call) / static_cast<double>(calls);
      if (call++ % stride != 0) continue;
      add_instants(state.now(op.number), static_cast<int>(number), stream.stages, time);
    }
    add_instants(state.now({}), static_cast<int>(number), stream.stages,
                 static_cast<double>(number) + steps);
  }

  // What is there before a stream is so until the stream has used it up, and what lives on is
  // needed whole.
  void add_instants(const std::map<int, Instant>& all, int step, int stages, double time) {
    for (auto [tensor, instant] : all) {
      const int number = numbers_[at(tensor)];
      if (number < 0) continue;
      const std::uint64_t bytes = timeline_.tensors[at(number)].bytes;
      Place* grows = place_from(number, step);
      Place* shrinks = place_to(number, step + stages);
      if (grows == nullptr) instant.high = bytes;
      if (shrinks == nullptr) instant.low = 0;
      Place* place = grows != nullptr ? grows : shrinks;
      if (place == nullptr) continue;
      instant.time = time;
      instant.high = std::min(instant.high, bytes);
      instant.low = std::min(instant.low, instant.high);
      place->outline.push_back(instant);
    }
  }

  const plan::Plan& plan_;
  const std::vector<int>& numbers_;
  Timeline& timeline_;
};

}  // namespace

void add_outlines(const plan::Plan& plan, const std::vector<int>& numbers, Timeline& timeline) {
  Outlines(plan, numbers, timeline).run();
}

}  // namespace thimble::timeline
