// See names.h.
#include "compiler/report/names.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace thimble {

std::string demangle(const std::string& name) {
  if (!name.starts_with("_Z")) return name;
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? text.get() : name;
}

std::string_view without_parameters(std::string_view demangled) {
  constexpr std::string_view kAnonymous = "(anonymous namespace)";
  std::size_t end = demangled.find('(');
  while (end != std::string_view::npos && demangled.substr(end).starts_with(kAnonymous)) {
    end = demangled.find('(', end + kAnonymous.size());
  }
  return demangled.substr(0, end);
}

}  // namespace thimble
