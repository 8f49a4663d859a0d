// A timeline as JSON and for people: see timeline.h.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/numbers.h"
#include "compiler/profile/names.h"
#include "compiler/timeline/timeline.h"

namespace thimble::timeline {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNameWidth = 34;

const char* to_text(Use use) {
  switch (use) {
    case Use::kInput:
      return "input";
    case Use::kOutput:
      return "output";
    case Use::kScratch:
      return "scratch";
    case Use::kBetween:
      break;
  }
  return "between";
}

Json to_json(const Step& step) {
  Json json{{"name", step.name},      {"op", step.operation},          {"by", step.by},
            {"live", step.live},      {"live_bytes", step.live_bytes}, {"high", step.high},
            {"overlap", step.overlap}};
  if (step.moved >= 0) json["moved"] = step.moved;
  if (step.stream >= 0) json["stream"] = step.stream;
  if (step.rows > 0) json["rows"] = step.rows;
  for (const Sharing& sharing : step.sharing) {
    json["sharing"].push_back({{"input", sharing.input},
                               {"output", sharing.output},
                               {"bytes", sharing.bytes},
                               {"by_channel", sharing.by_channel}});
  }
  return json;
}

Json to_json(const Place& place) {
  Json json{
      {"first_step", place.first_step}, {"last_step", place.last_step}, {"offset", place.offset}};
  for (const Instant& instant : place.outline)
    json["outline"].push_back({instant.time, instant.low, instant.high});
  return json;
}

std::vector<int> living_at_peak(const Timeline& timeline) {
  if (timeline.peak_step >= 0)
    return timeline.steps[static_cast<std::size_t>(timeline.peak_step)].live;
  std::vector<int> inputs;
  for (std::size_t i = 0; i < timeline.tensors.size(); ++i) {
    if (timeline.tensors[i].places.front().first_step < 0) inputs.push_back(static_cast<int>(i));
  }
  return inputs;
}

std::string steps_table(const Timeline& timeline) {
  std::string text =
      fmt::format("{:>4} {:<34} {:<18} {:<11} {:>10} {:>10} {:>10}  {}\n", "step", "layer",
                  "operator", "by", "live", "high mark", "overlap", "lives");
  for (std::size_t s = 0; s < timeline.steps.size(); ++s) {
    const Step& step = timeline.steps[s];
    const bool is_peak = static_cast<int>(s) == timeline.peak_step;
    text +=
        fmt::format("{:>4} {:<34} {:<18} {:<11} {:>10} {:>10} {:>10}  {}{}\n", s,
                    profile::shortened(step.name, kNameWidth), step.operation,
                    step.rows > 0 ? fmt::format("{} rows", step.rows) : step.by, step.live_bytes,
                    step.high, step.overlap, fmt::join(step.live, " "), is_peak ? "  <- peak" : "");
  }
  return text;
}

// "0-3 at 16384, 4-9 at 0"
std::string places_text(const Timeline& timeline, const Tensor& tensor) {
  const int end = static_cast<int>(timeline.steps.size());
  const auto step = [&](int number) {
    return number < 0 ? "start" : number >= end ? "end" : std::to_string(number);
  };
  std::vector<std::string> places;
  places.reserve(tensor.places.size());
  for (const Place& place : tensor.places) {
    places.push_back(
        fmt::format("{}-{} at {}", step(place.first_step), step(place.last_step), place.offset));
  }
  return fmt::format("{}", fmt::join(places, ", "));
}

std::string tensors_table(const Timeline& timeline) {
  std::string text =
      fmt::format("{:>4} {:<50} {:<8} {:>10}  {}\n", "", "tensor", "", "bytes", "steps and offset");
  for (std::size_t i = 0; i < timeline.tensors.size(); ++i) {
    const Tensor& tensor = timeline.tensors[i];
    text += fmt::format("{:>4} {:<50} {:<8} {:>10}  {}\n", i, profile::shortened(tensor.name, 50),
                        tensor.whole > tensor.bytes   ? "window"
                        : tensor.use == Use::kBetween ? ""
                                                      : to_text(tensor.use),
                        tensor.bytes, places_text(timeline, tensor));
  }
  return text;
}

std::string peak_text(const Timeline& timeline) {
  std::vector<int> live = living_at_peak(timeline);
  const auto tensor = [&](int number) -> const Tensor& {
    return timeline.tensors[static_cast<std::size_t>(number)];
  };
  std::ranges::sort(live, {}, [&](int number) { return std::pair(~tensor(number).bytes, number); });
  std::vector<std::string> holders;
  holders.reserve(live.size());
  for (const int number : live)
    holders.push_back(fmt::format("{} {}", tensor(number).name, grouped(tensor(number).bytes)));
  const std::string where = timeline.peak_step < 0 ? "before the first step"
                                                   : fmt::format("at step {}", timeline.peak_step);
  return fmt::format("peak: {} bytes, {}; who holds it:\n  {}\n", grouped(timeline.arena), where,
                     fmt::join(holders, "\n  "));
}

std::string comparison(const Timeline& timeline) {
  const plan::Alternatives& other = timeline.alternatives;
  const auto line = [](std::string_view what, std::uint64_t bytes) {
    return fmt::format("  {:<52} {:>10}\n", what, grouped(bytes));
  };
  return "bytes of arena, inputs and outputs among them\n" +
         line("IREE's own buffers", other.iree) +
         line("every tensor apart from those it lives with", other.apart) +
         line("outputs following inputs, layer after layer", other.unstreamed) +
         line("as planned", timeline.arena) +
         line("lower bound: the neediest step or stream by itself", other.least) +
         (timeline.streaming_cost > 0 ? fmt::format("streams add about {:.2f} % of instructions\n",
                                                    100 * timeline.streaming_cost)
                                      : "");
}

}  // namespace

Json to_json(const Timeline& timeline) {
  Json tensors = Json::array();
  for (const Tensor& tensor : timeline.tensors) {
    Json places = Json::array();
    for (const Place& place : tensor.places) places.push_back(to_json(place));
    tensors.push_back({{"name", tensor.name},
                       {"use", to_text(tensor.use)},
                       {"bytes", tensor.bytes},
                       {"whole", tensor.whole},
                       {"places", places}});
  }
  Json steps = Json::array();
  for (const Step& step : timeline.steps) steps.push_back(to_json(step));
  return {{"arena", timeline.arena},
          {"lower_bound", timeline.alternatives.least},
          {"unstreamed", timeline.alternatives.unstreamed},
          {"apart", timeline.alternatives.apart},
          {"iree", timeline.alternatives.iree},
          {"streaming_cost", timeline.streaming_cost},
          {"peak", {{"step", timeline.peak_step}, {"tensors", living_at_peak(timeline)}}},
          {"tensors", tensors},
          {"steps", steps}};
}

std::string to_table(const Timeline& timeline) {
  return fmt::format("{}\n{}\n{}\n{}", steps_table(timeline), tensors_table(timeline),
                     peak_text(timeline), comparison(timeline));
}

}  // namespace thimble::timeline
