// The objects of one model: its plan, its constants, its generated code.
#pragma once

#include <filesystem>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/emit/firmware.h"

namespace thimble::emit {

struct ModelObjects {
  std::vector<std::filesystem::path> library;  ///< all that the model needs besides the runtime
  std::filesystem::path view;                  ///< for applications that serve one model, any
};

/// Writes <model>.h and <model>.hpp into `folder`, sources and objects into `folder`/model.
/// `object` is IREE's.
[[nodiscard]] Result<ModelObjects> compile_model(const Target& target, const Interface& interface,
                                                 const plan::Plan& plan,
                                                 const std::filesystem::path& object,
                                                 const std::filesystem::path& folder);

}  // namespace thimble::emit
