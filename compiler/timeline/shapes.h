// The tensors in a timeline's picture: their outlines, and where they are moved.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "compiler/timeline/scale.h"

namespace thimble::timeline {

[[nodiscard]] std::string draw_tensors(const nlohmann::ordered_json& plan, const Scale& scale);

/// Their names, where there is room, else their numbers.
[[nodiscard]] std::string label_tensors(const nlohmann::ordered_json& plan, const Scale& scale);

}  // namespace thimble::timeline
