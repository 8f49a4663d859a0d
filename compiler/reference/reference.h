// The reference: what LiteRT's reference kernels make of given inputs.
#pragma once

#include <span>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/base/result.h"
#include "compiler/tflite/model.h"

namespace thimble {

struct ReferenceResult {
  std::vector<std::vector<Bytes>>
      tensors;  ///< [sample][requested tensor], raw little-endian values
};

/// Runs the model on each sample (the raw values of all its inputs, in order) and returns the
/// values of the tensors asked for; any tensor of the model may be, also inside the graph. A sample
/// of wrong size is kUsage.
[[nodiscard]] Result<ReferenceResult> run_reference(const tflite::Model& model,
                                                    std::span<const Bytes> samples,
                                                    std::span<const int> tensor_indices);

}  // namespace thimble
