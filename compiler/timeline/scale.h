// Where steps and addresses are in a timeline's picture, in pixels, and how text is written there.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "compiler/base/html.h"

namespace thimble::timeline {

struct Scale {
  static constexpr double kLeft = 84;
  static constexpr double kTop = 64;
  static constexpr double kHeight = 460;
  static constexpr double kRight = 24;

  explicit Scale(const nlohmann::ordered_json& plan)
      : arena(std::max<double>(1, plan.at("arena").get<double>())),
        steps(static_cast<int>(plan.at("steps").size())),
        column(std::clamp(1200.0 / (steps + 2), 19.0, 90.0)) {}

  /// Steps begin with -1, what is there before.
  [[nodiscard]] double x(double step) const { return kLeft + column * (step + 1); }
  [[nodiscard]] double y(double address) const { return kTop + kHeight * (1 - address / arena); }
  [[nodiscard]] double width() const { return std::max(x(steps + 1) + kRight, 620.0); }

  double arena;  ///< bytes
  int steps;
  double column;  ///< width of a step
};

/// A line of text; `attributes` of the element, if any.
[[nodiscard]] inline std::string text_at(double left, double top, std::string_view words,
                                         std::string_view attributes = {}) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\"{}{}>{}</text>\n", left, top,
                     attributes.empty() ? "" : " ", attributes, escaped_html(words));
}

}  // namespace thimble::timeline
