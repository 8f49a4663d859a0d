// A timeline as text: the trace event format that Perfetto and chrome://tracing open, and the
// tool's own sums.
#pragma once

#include <nlohmann/json.hpp>

#include "compiler/trace/timeline.h"

namespace thimble::trace {

/// {"traceEvents": [...]}: a track is a thread, times are microseconds since the trace's begin,
/// each slice has its cycles. `hertz`: how fast cycles come.
[[nodiscard]] nlohmann::ordered_json to_chrome(const Timeline& timeline, double hertz);

/// {"cycles", "lost", "slices", "marks", "tracks": [...], "runs": [...]}: what each track was busy
/// with, and of each whole run of a model its steps, those of one name together.
[[nodiscard]] nlohmann::ordered_json summary(const Timeline& timeline);

/// For people: the tracks, and the last whole run step by step.
[[nodiscard]] std::string to_text(const Timeline& timeline);

}  // namespace thimble::trace
