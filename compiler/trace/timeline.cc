// See timeline.h.
#include "compiler/trace/timeline.h"

#include <algorithm>
#include <cstring>
#include <map>

namespace thimble::trace {
namespace {

constexpr std::uint32_t kArgument = 0xff'ffff;

Kind kind_of(const Event& event) {
  return static_cast<Kind>(event.what >> 24U);
}

std::uint64_t join(std::uint32_t low, std::uint32_t high) {
  return std::uint64_t{high} << 32U | low;
}

// Times of all events. The high half is known of the last one; before an epoch's event it was less.
std::vector<std::uint64_t> times_of(const Dump& dump) {
  std::vector<std::uint64_t> times(dump.events.size());
  std::uint32_t high = dump.head.epoch;
  for (std::size_t i = times.size(); i-- > 0;) {
    times[i] = join(dump.events[i].time, high);
    if (kind_of(dump.events[i]) == Kind::kEpoch) high -= dump.events[i].what & kArgument;
  }
  return times;
}

class Builder {
 public:
  Builder(const Dump& dump, const Names& names) : names_(names) {
    timeline_.tracks = {"core", "interrupts"};
    timeline_.lost = dump.head.lost;
    const std::vector<std::uint64_t> times = times_of(dump);
    timeline_.begin = dump.head.lost == 0 || times.empty()
                          ? join(dump.head.begin_low, dump.head.begin_high)
                          : times.front();
    timeline_.end = join(dump.head.end_low, dump.head.end_high);
    for (std::size_t i = 0; i < times.size(); ++i) add(dump.events[i], times[i]);
  }

  Timeline finish() {
    end_running(timeline_.end, false);
    for (std::size_t track = 0; track < timeline_.tracks.size(); ++track) {
      std::vector<Open>& open = open_[track];
      while (!open.empty()) close(track, timeline_.end, false);
    }
    return std::move(timeline_);
  }

 private:
  struct Open {
    std::string name;
    std::string kind;
    std::uint64_t begin;
    std::uint32_t plan;   // of a run
    std::uint64_t since;  // of a run: the end of its last step
  };

  void add(const Event& event, std::uint64_t time) {
    const std::uint32_t argument = event.what & kArgument;
    switch (kind_of(event)) {
      case Kind::kEpoch:
        return;
      case Kind::kTask:
        return run_task(argument, time);
      case Kind::kInterruptBegin:
        return begin(kInterruptTrack, Names::interrupt(argument), "interrupt", time);
      case Kind::kInterruptEnd:
        return end(kInterruptTrack, Names::interrupt(argument), "interrupt", time);
      case Kind::kRunBegin:
        begin(here(), names_.model(argument), "run", time);
        open_[here()].back().plan = argument;
        return;
      case Kind::kStepEnd:
        return end_step(argument, time);
      case Kind::kRunEnd:
        return end(here(), {}, "run", time);
      case Kind::kMark:
        timeline_.marks.push_back({names_.text(argument), here(), time});
        return;
      case Kind::kSpanBegin:
        return begin(here(), names_.text(argument), "span", time);
      case Kind::kSpanEnd:
        return end(here(), names_.text(argument), "span", time);
    }
  }

  // The track of what runs: an interrupt, or the task, or the core before there are tasks.
  std::size_t here() { return open_[kInterruptTrack].empty() ? task_ : kInterruptTrack; }

  void run_task(std::uint32_t config, std::uint64_t time) {
    end_running(time, running_known_);
    running_ = names_.task(config);
    running_since_ = time;
    running_known_ = true;
    if (config == 0) {
      task_ = kCoreTrack;
      return;
    }
    const auto found = track_of_.find(config);
    if (found != track_of_.end()) {
      task_ = found->second;
      return;
    }
    task_ = timeline_.tracks.size();
    track_of_[config] = task_;
    timeline_.tracks.push_back(running_);
  }

  void end_running(std::uint64_t time, bool whole) {
    if (running_.empty()) return;
    timeline_.slices.push_back({running_, "running", kCoreTrack, running_since_, time, whole});
  }

  void begin(std::size_t track, std::string name, std::string kind, std::uint64_t time) {
    open_[track].push_back({std::move(name), std::move(kind), time, 0, time});
  }

  // An end whose begin was overwritten says that its slice went on since the trace begins. What is
  // open within it has lost its own end.
  void end(std::size_t track, const std::string& name, const std::string& kind,
           std::uint64_t time) {
    std::vector<Open>& open = open_[track];
    const auto match = std::ranges::find_if(open.rbegin(), open.rend(), [&](const Open& slice) {
      return slice.kind == kind && (name.empty() || slice.name == name);
    });
    if (match == open.rend()) {
      if (name.empty()) return;
      timeline_.slices.push_back({name, kind, track, timeline_.begin, time, false});
      return;
    }
    for (auto inner = match - open.rbegin(); inner > 0; --inner) close(track, time, false);
    close(track, time, true);
  }

  void close(std::size_t track, std::uint64_t time, bool whole) {
    const Open slice = std::move(open_[track].back());
    open_[track].pop_back();
    timeline_.slices.push_back({slice.name, slice.kind, track, slice.begin, time, whole});
  }

  void end_step(std::uint32_t number, std::uint64_t time) {
    std::vector<Open>& open = open_[here()];
    const auto run = std::ranges::find(open.rbegin(), open.rend(), "run", &Open::kind);
    if (run == open.rend()) return;  // its run began before the trace
    timeline_.slices.push_back(
        {names_.step(run->plan, number), "step", here(), run->since, time, true});
    run->since = time;
  }

  const Names& names_;
  Timeline timeline_;
  std::map<std::size_t, std::vector<Open>> open_;  // by track
  std::map<std::uint32_t, std::size_t> track_of_;  // by a task's configuration
  std::size_t task_ = kCoreTrack;
  std::string running_;
  std::uint64_t running_since_ = 0;
  bool running_known_ = false;
};

}  // namespace

Result<Dump> parse_dump(std::span<const std::uint8_t> payload) {
  Dump dump;
  if (payload.size() < sizeof dump.head || (payload.size() - sizeof dump.head) % sizeof(Event) != 0)
    return fail(ExitCode::kToolFailed, "the target's trace has {} bytes; is it of this version?",
                payload.size());
  std::memcpy(&dump.head, payload.data(), sizeof dump.head);
  const auto events = payload.subspan(sizeof dump.head);
  dump.events.resize(events.size() / sizeof(Event));
  if (!events.empty()) std::memcpy(dump.events.data(), events.data(), events.size());
  return dump;
}

Timeline make_timeline(const Dump& dump, const Names& names) {
  return Builder(dump, names).finish();
}

}  // namespace thimble::trace
