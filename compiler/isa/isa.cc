// See isa.h.
#include "compiler/isa/isa.h"

namespace thimble {
namespace {

constexpr std::string_view kBase = "rv32i";
constexpr std::string_view kExtensions = "mafdcv";

}  // namespace

Result<Isa> Isa::parse(std::string_view name) {
  bool good = name.starts_with(kBase);
  std::size_t next = 0;
  for (std::size_t i = kBase.size(); good && i < name.size(); ++i) {
    const std::size_t at = kExtensions.find(name[i], next);
    good = at != std::string_view::npos;
    next = at + 1;
  }
  Isa isa{std::string(name)};
  if (!good || !isa.has('m') || (isa.has('d') && !isa.has('f'))) {
    return fail(
        ExitCode::kUsage,
        "{}: not an instruction set that is known; it is rv32im and then of a, f, d, c, v those "
        "that the core has (rv32imac, rv32imafc, rv32imacv)",
        name);
  }
  return isa;
}

bool Isa::has(char extension) const {
  return std::string_view(name_).substr(kBase.size()).find(extension) != std::string_view::npos;
}

std::string_view Isa::abi() const {
  return has('d') ? "ilp32d" : has('f') ? "ilp32f" : "ilp32";
}

std::string Isa::features() const {
  std::string list;
  for (const char extension : std::string_view(name_).substr(kBase.size())) {
    if (extension == 'v') {
      // LLVM takes V to have D, and D to mean its calling convention; without D this is what V
      // leaves.
      list += has('d') ? ",+v" : has('f') ? ",+zve32f" : ",+zve32x";
      list += ",+zvl128b";
    } else {
      list += list.empty() ? "+" : ",+";
      list += extension;
    }
  }
  return list;
}

std::string Isa::multilib() const {
  std::string name = name_.substr(0, name_.find('v', 2));
  // rv32imc, rv32imfc and rv32imfdc have no multilib of their own; without c there always is one.
  if (has('c') && !has('a')) name.erase(name.find('c'), 1);
  return name;
}

}  // namespace thimble
