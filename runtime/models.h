// The models of a firmware that has several.
#pragma once

#include <span>

#include "runtime/model.h"

namespace thimble::runtime {

/// All models of an application, in the order of its app.json. They have no arena of their own: the
/// application decides which share one. The compiler emits the definition.
[[nodiscard]] std::span<const ModelView> models();

}  // namespace thimble::runtime
