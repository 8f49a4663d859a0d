// See chrome.h.
#include "compiler/trace/chrome.h"

#include <algorithm>

namespace thimble::trace {
namespace {

using nlohmann::ordered_json;

constexpr int kProcess = 1;

std::uint64_t cycles(const Slice& slice) {
  return slice.end - slice.begin;
}

bool within(const Slice& inner, const Slice& outer) {
  return inner.track == outer.track && inner.begin >= outer.begin && inner.end <= outer.end;
}

// Steps of one name: a layer may take several, and one step several calls.
struct StepSum {
  std::string name;
  int calls = 0;
  std::uint64_t cycles = 0;
};

std::vector<StepSum> steps_of(const Timeline& timeline, const Slice& run) {
  std::vector<StepSum> sums;
  for (const Slice& slice : timeline.slices) {
    if (slice.kind != "step" || !within(slice, run)) continue;
    auto sum = std::ranges::find(sums, slice.name, &StepSum::name);
    if (sum == sums.end()) sum = sums.insert(sums.end(), StepSum{slice.name, 0, 0});
    ++sum->calls;
    sum->cycles += cycles(slice);
  }
  return sums;
}

bool is_whole_run(const Slice& slice) {
  return slice.kind == "run" && slice.whole;
}

// By their begin, outer ones before inner ones that begin at the same time.
std::vector<const Slice*> by_begin(const Timeline& timeline) {
  std::vector<const Slice*> slices;
  for (const Slice& slice : timeline.slices) slices.push_back(&slice);
  std::ranges::sort(slices, [](const Slice* a, const Slice* b) {
    return a->begin != b->begin ? a->begin < b->begin : a > b;
  });
  return slices;
}

// Slices of a track nest: only those in no other one count.
std::uint64_t busy(const Timeline& timeline, std::size_t track) {
  std::uint64_t sum = 0;
  std::uint64_t covered = 0;
  for (const Slice* slice : by_begin(timeline)) {
    if (slice->track != track || slice->end <= covered) continue;
    sum += cycles(*slice);
    covered = slice->end;
  }
  return sum;
}

}  // namespace

ordered_json to_chrome(const Timeline& timeline, double hertz) {
  const auto microseconds = [&](std::uint64_t cycles) {
    return static_cast<double>(cycles) * 1e6 / hertz;
  };
  ordered_json events = ordered_json::array();
  events.push_back(
      {{"name", "process_name"}, {"ph", "M"}, {"pid", kProcess}, {"args", {{"name", "target"}}}});
  for (std::size_t track = 0; track < timeline.tracks.size(); ++track) {
    events.push_back({{"name", "thread_name"},
                      {"ph", "M"},
                      {"pid", kProcess},
                      {"tid", track},
                      {"args", {{"name", timeline.tracks[track]}}}});
    events.push_back({{"name", "thread_sort_index"},
                      {"ph", "M"},
                      {"pid", kProcess},
                      {"tid", track},
                      {"args", {{"sort_index", track}}}});
  }
  for (const Slice* slice : by_begin(timeline)) {
    events.push_back({{"name", slice->name},
                      {"cat", slice->kind},
                      {"ph", "X"},
                      {"pid", kProcess},
                      {"tid", slice->track},
                      {"ts", microseconds(slice->begin - timeline.begin)},
                      {"dur", microseconds(cycles(*slice))},
                      {"args", {{"cycles", cycles(*slice)}, {"whole", slice->whole}}}});
  }
  for (const Mark& mark : timeline.marks) {
    events.push_back({{"name", mark.name},
                      {"cat", "mark"},
                      {"ph", "i"},
                      {"s", "t"},
                      {"pid", kProcess},
                      {"tid", mark.track},
                      {"ts", microseconds(mark.time - timeline.begin)}});
  }
  return {{"displayTimeUnit", "ns"}, {"traceEvents", std::move(events)}};
}

ordered_json summary(const Timeline& timeline) {
  ordered_json json{{"cycles", timeline.end - timeline.begin}, {"lost", timeline.lost},
                    {"slices", timeline.slices.size()},        {"marks", timeline.marks.size()},
                    {"tracks", ordered_json::array()},         {"runs", ordered_json::array()}};
  for (std::size_t track = 0; track < timeline.tracks.size(); ++track) {
    const auto count = std::ranges::count(timeline.slices, track, &Slice::track);
    json["tracks"].push_back(
        {{"name", timeline.tracks[track]}, {"slices", count}, {"cycles", busy(timeline, track)}});
  }
  for (const Slice& run : timeline.slices) {
    if (!is_whole_run(run)) continue;
    ordered_json steps = ordered_json::array();
    for (const StepSum& step : steps_of(timeline, run))
      steps.push_back({{"name", step.name}, {"calls", step.calls}, {"cycles", step.cycles}});
    json["runs"].push_back({{"model", run.name},
                            {"track", timeline.tracks[run.track]},
                            {"cycles", cycles(run)},
                            {"steps", std::move(steps)}});
  }
  return json;
}

std::string to_text(const Timeline& timeline) {
  std::string out = fmt::format("  {:<32}{:>8}{:>14}\n", "track", "slices", "cycles");
  for (std::size_t track = 0; track < timeline.tracks.size(); ++track) {
    const auto count = std::ranges::count(timeline.slices, track, &Slice::track);
    if (count == 0) continue;
    out +=
        fmt::format("  {:<32}{:>8}{:>14}\n", timeline.tracks[track], count, busy(timeline, track));
  }
  const auto run = std::find_if(timeline.slices.rbegin(), timeline.slices.rend(), is_whole_run);
  if (run != timeline.slices.rend()) {
    out += fmt::format("\n  {} in {} cycles\n", run->name, cycles(*run));
    for (const StepSum& step : steps_of(timeline, *run))
      out += fmt::format("  {:>12}  {}\n", step.cycles, step.name);
  }
  if (timeline.lost != 0) {
    out += fmt::format("\n  {} older events were overwritten\n", timeline.lost);
  }
  return out;
}

}  // namespace thimble::trace
