// Sends what the trace holds (kernel/trace.h) as a frame.
#pragma once

#include "apps/inference/link.h"

namespace thimble::inference {

/// Stops the trace, answers a request with it, starts it anew. Not for
/// interrupts.
void send_trace(Header header);

}  // namespace thimble::inference
