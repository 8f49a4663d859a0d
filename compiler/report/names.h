// Symbol names for people.
#pragma once

#include <string>
#include <string_view>

namespace thimble {

/// "thimble::run(int)" for "_ZN7thimble3runEi"; other names as they are.
[[nodiscard]] std::string demangle(const std::string& name);

/// A demangled name without its parameters.
[[nodiscard]] std::string_view without_parameters(std::string_view demangled);

}  // namespace thimble
