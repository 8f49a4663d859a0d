// How much generated code computes at a time. IREE chooses tiles for vector units; where there is
// none, LLVM unrolls them into code ten times as large and no faster.
#pragma once

#include <string>
#include <string_view>

namespace thimble::iree {

/// Rewrites a program in the phase "executable-configurations" such that generated loops compute
/// `width` neighbours of the innermost dimension at a time and one of any other. Nothing else
/// depends on these numbers.
[[nodiscard]] std::string with_narrow_tiles(std::string_view program, int width);

}  // namespace thimble::iree
