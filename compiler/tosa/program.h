// The network as a TOSA program: what the converter makes of a TFLite model, named after the model,
// static, and rounding where the reference rounds.
#pragma once

#include <filesystem>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/mlir/operation.h"
#include "compiler/tflite/model.h"

namespace thimble::tosa {

/// A module with one function of the model's name. Location names tell which TFLite tensor ("t7")
/// an operation helps to make.
struct Program {
  mlir::Module module;
  std::vector<int> results;  ///< which TFLite tensor each result of the function is
};

/// Converts the model; intermediate files go to `folder`. Operators that cannot be converted are
/// named (kBadModel). `strip_signedness`: ui8 becomes i8, as IREE's code generation wants it.
[[nodiscard]] Result<Program> import(const tflite::Model& model,
                                     const std::filesystem::path& folder,
                                     bool strip_signedness = true);

/// Makes the function return every tensor that an operator of the model computes, behind the
/// model's own outputs. Tensors that have no counterpart of the same type in the program (folded or
/// fused away) are left out.
void return_all_tensors(Program& program, const tflite::Model& model);

/// Rewrites what IREE would compile wrongly. Comes last: nothing else need know the result.
void prepare_for_iree(Program& program);

}  // namespace thimble::tosa
