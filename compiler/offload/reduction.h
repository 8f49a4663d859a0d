// Layers that make one row of all rows of their input, and can do so row by row. Internal to
// offload.
#pragma once

#include "compiler/offload/layer.h"
#include "microkernels/mean.h"

namespace thimble::offload {

/// Of a mean whose only row comes in parts.
inline void reduce(Layer& layer, const microkernels::MeanShape& shape) {
  const std::int64_t part = std::int64_t{shape.values} / shape.parts * shape.channels;
  layer.rows = shape.parts;
  layer.reads = {{0, part, part}};
  layer.reduces = shape.parts > 1;
  layer.sums_bytes = layer.reduces ? shape.channels * sizeof(std::int32_t) : 0;
}

}  // namespace thimble::offload
