// From the events of a trace to what went on when: slices on tracks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/inference/protocol.h"
#include "compiler/base/file.h"
#include "compiler/base/result.h"
#include "compiler/trace/names.h"
#include "kernel/trace.h"

namespace thimble::trace {

/// What the target sent.
struct Dump {
  protocol::TraceAnswer head{};
  std::vector<Event> events;
};

/// The payload of a protocol::MessageType::kTrace answer; kToolFailed if it is none.
[[nodiscard]] Result<Dump> parse_dump(std::span<const std::uint8_t> payload);

/// Something that went on. Slices of a track nest.
struct Slice {
  std::string name;
  std::string kind;  ///< running, run, step, span or interrupt
  std::size_t track = 0;
  std::uint64_t begin = 0;  ///< cycles since reset
  std::uint64_t end = 0;
  bool whole = true;  ///< false: its begin or its end was not recorded
};

/// Something that happened.
struct Mark {
  std::string name;
  std::size_t track = 0;
  std::uint64_t time = 0;
};

struct Timeline {
  std::vector<std::string> tracks;  ///< the core, interrupts, then tasks as they came
  std::vector<Slice> slices;        ///< by their end, inner ones before outer ones
  std::vector<Mark> marks;
  std::uint64_t begin = 0;  ///< cycles since reset, of the first event, or of the trace's start
  std::uint64_t end = 0;
  std::uint32_t lost = 0;
};

/// Which tracks there are always.
inline constexpr std::size_t kCoreTrack = 0;
inline constexpr std::size_t kInterruptTrack = 1;

[[nodiscard]] Timeline make_timeline(const Dump& dump, const Names& names);

}  // namespace thimble::trace
