// Inputs for a model: made up for validation, or read from a user's file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/base/result.h"
#include "compiler/tflite/model.h"

namespace thimble {

/// The values of all inputs in order, raw. The same seed and index give the same bytes on every
/// platform. Kinds take turns by index: uniform; smooth like an image; sparse (mostly zero);
/// extreme (only lowest, highest, zero); all lowest; all highest. Floats cover the range of the
/// type they are quantized to, and a little more.
[[nodiscard]] Bytes make_sample(const tflite::Model& model, std::uint64_t seed, int index);

/// Reads a user's input: raw little-endian values of all inputs in order, or, for a model with one
/// input, a .npy array of its type and its shape (dimensions of 1 don't matter) or flat. What does
/// not fit is kUsage.
[[nodiscard]] Result<Bytes> read_input(const tflite::Model& model,
                                       const std::filesystem::path& path);

/// Reads many inputs of a model with one input: a .npy array of them, one after another. What does
/// not fit is kUsage.
[[nodiscard]] Result<std::vector<Bytes>> read_inputs(const tflite::Model& model,
                                                     const std::filesystem::path& path);

}  // namespace thimble
