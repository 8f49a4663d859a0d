// Internal to the importer: whether a well-formed model is one that integer kernels can run.
#pragma once

#include "compiler/tflite/model.h"

namespace thimble::tflite {

/// Refuses models that compute in floating point, and tells how to quantize them.
[[nodiscard]] Status check_quantized(const Model& model);

/// `text` from a file made fit for a one-line message: control characters and what is too long are
/// cut out.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace thimble::tflite
