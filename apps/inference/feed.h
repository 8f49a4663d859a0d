// Inputs that come row by row (runtime/feed.h): rows go from the line into the model's window, and
// are computed with when their frame has proved whole. Firmware that is compiled with
// -DTHIMBLE_FEED has this; in any other nothing of it is linked.
#pragma once

#include "apps/inference/link.h"

namespace thimble::inference {

#ifdef THIMBLE_FEED
inline constexpr bool kIsFed = true;
#else
inline constexpr bool kIsFed = false;
#endif

/// Serves a kFeed whose header has arrived: reads its payload and answers. False, without an
/// answer, if the frame did not arrive whole; then nothing has changed.
[[nodiscard]] bool serve_rows(Receiver& receiver, Header header);

/// What computing ended with, after the last row.
struct Finished {
  std::uint32_t status = 0;        ///< of runtime::Status
  std::uint64_t instructions = 0;  ///< of the whole inference
};

/// Computes what is left. If that was done already, tells the same again.
[[nodiscard]] Finished finish_fed();

/// Whether all rows have come and nothing else was computed yet.
[[nodiscard]] bool all_rows_are_fed();

}  // namespace thimble::inference
