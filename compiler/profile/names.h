// Names of tensors as tables show them.
#pragma once

#include <string>

namespace thimble::profile {

/// Exporters join the names of what they fused by ';': the first of them.
[[nodiscard]] inline std::string first_name(const std::string& name) {
  return name.substr(0, name.find(';'));
}

/// At most `width` letters. The end of a path tells most.
[[nodiscard]] inline std::string shortened(const std::string& name, std::size_t width) {
  return name.size() <= width ? name : "..." + name.substr(name.size() + 3 - width);
}

}  // namespace thimble::profile
