// Addresses in a fault's report become places in the program.
#pragma once

#include <string>
#include <string_view>

#include "compiler/report/elf.h"

namespace thimble {

/// `line` of a report (FAULT: ...) with "address (function+0x12)" for where the fault was, where
/// that function was called from, where an interrupt came, and for the backtrace. Other numbers,
/// and addresses of no function, stay.
[[nodiscard]] std::string with_function_names(const ElfFile& elf, std::string_view line);

}  // namespace thimble
