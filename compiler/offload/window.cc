// See window.h.
#include "compiler/offload/window.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace thimble::offload {

bool fits(std::int64_t extent) {
  constexpr std::int64_t kLargestExtent = 32767;  // descriptors hold 16 bits
  return extent >= 0 && extent <= kLargestExtent;
}

std::optional<microkernels::Window> read_window(const mlir::Operation& operation,
                                                std::string_view result_element) {
  const auto input = mlir::tensor_type(operation.operand_types[0]);
  const auto output = mlir::tensor_type(operation.result_types[0]);
  if (!input || !output || input->element != "i8" || output->element != result_element ||
      input->shape.size() != 4 || output->shape.size() != 4 || input->shape[0] != 1) {
    return std::nullopt;
  }
  const auto pad = mlir::integers(*operation.find("pad"));
  const auto stride = mlir::integers(*operation.find("stride"));
  if (pad.size() != 4 || stride.size() != 2) return std::nullopt;
  for (const auto& numbers : {input->shape, output->shape, pad, stride}) {
    if (!std::ranges::all_of(numbers, fits)) return std::nullopt;
  }
  microkernels::Window window{};
  const auto u16 = [](std::int64_t value) { return static_cast<std::uint16_t>(value); };
  window.input_height = u16(input->shape[1]);
  window.input_width = u16(input->shape[2]);
  window.input_channels = u16(input->shape[3]);
  window.output_height = u16(output->shape[1]);
  window.output_width = u16(output->shape[2]);
  window.output_channels = u16(output->shape[3]);
  window.kernel_height = window.kernel_width = 1;
  window.stride_y = u16(stride[0]);
  window.stride_x = u16(stride[1]);
  window.dilation_y = window.dilation_x = 1;
  window.pad_top = static_cast<std::int16_t>(pad[0]);
  window.pad_left = static_cast<std::int16_t>(pad[2]);
  return window;
}

RowReads window_reads(const microkernels::Window& window) {
  const std::int64_t row = std::int64_t{window.input_width} * window.input_channels;
  const std::int64_t rows = (std::int64_t{window.kernel_height} - 1) * window.dilation_y + 1;
  return {-window.pad_top * row, window.stride_y * row, rows * row};
}

std::string window_text(const microkernels::Window& window) {
  const std::array<int, 15> fields{
      window.input_height, window.input_width,     window.input_channels,  window.output_height,
      window.output_width, window.output_channels, window.kernel_height,   window.kernel_width,
      window.stride_y,     window.stride_x,        window.dilation_y,      window.dilation_x,
      window.pad_top,      window.pad_left,        window.input_zero_point};
  return fmt::format("{{{}}}", fmt::join(fields, ", "));
}

}  // namespace thimble::offload
