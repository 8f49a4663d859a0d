// Text in HTML and SVG.
#pragma once

#include <string>
#include <string_view>

namespace thimble {

/// Text as it stands in HTML and SVG, also within attributes.
[[nodiscard]] std::string escaped_html(std::string_view text);

}  // namespace thimble
