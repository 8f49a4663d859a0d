// Comparing what the target computed with the reference, byte by byte.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/reference/reference.h"
#include "compiler/tflite/model.h"

namespace thimble::cli {

/// Where target and reference first part: in the earliest tensor of the earliest sample.
struct Difference {
  int sample = 0;
  int tensor = 0;  ///< of the model
  std::size_t element = 0;
  double target = 0;
  double reference = 0;
};

struct Comparison {
  int samples = 0;
  std::size_t outputs = 0;     ///< elements compared
  std::size_t mismatches = 0;  ///< elements of which a byte differs
  double max_difference = 0;   ///< in stored values
  std::optional<Difference> first;

  void add(const Comparison& other);
};

/// `target`: of each sample, the tensors of `results` one after the other; `reference`: the same
/// tensors in the same order. Tensors are looked at in `results`' order, those of an earlier
/// operator first.
[[nodiscard]] Comparison compare(const tflite::Model& model, const std::vector<int>& results,
                                 std::span<const Bytes> target, const ReferenceResult& reference);

/// "sample 3, tensor 'conv1' (CONV_2D, int8 [1, 25, 5, 64]), element [0, 2, 1, 7]: 12 on the
/// target, 13 in the reference".
[[nodiscard]] std::string describe(const tflite::Model& model, const Difference& difference);

}  // namespace thimble::cli
