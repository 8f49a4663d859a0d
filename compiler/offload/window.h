// What operators with a moving window share. Internal to offload.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/mlir/operation.h"
#include "compiler/offload/layer.h"
#include "microkernels/window.h"

namespace thimble::offload {

/// Extents, padding and stride of an operation from an int8 tensor to one of `result_element`s; its
/// kernel is left open. Absent when a descriptor cannot hold it.
[[nodiscard]] std::optional<microkernels::Window> read_window(const mlir::Operation& operation,
                                                              std::string_view result_element);

/// Whether a descriptor can hold a number.
[[nodiscard]] bool fits(std::int64_t extent);

/// What a row of windows covers.
[[nodiscard]] RowReads window_reads(const microkernels::Window& window);

/// The initializer of a Window.
[[nodiscard]] std::string window_text(const microkernels::Window& window);

}  // namespace thimble::offload
