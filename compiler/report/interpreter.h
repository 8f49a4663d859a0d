// The instructions of one function, followed without running them.
#pragma once

#include <cstdint>
#include <span>

#include "compiler/report/code.h"

namespace thimble {

/// Follows all ways through `function`, whose bytes are `code`, and sets its depth, calls and
/// references.
void interpret(const ElfFile& elf, Function& function, std::span<const std::uint8_t> code,
               std::uint32_t vector_bytes);

}  // namespace thimble
