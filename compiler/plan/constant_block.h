// The model's constants in one block: only the bytes that steps use, and what microkernels bring.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/iree/trace.h"

namespace thimble::plan {

/// Ranges are used first, then laid out, then asked for.
class ConstantBlock {
 public:
  /// Each byte is kept once, however many ranges it is in.
  void use(const iree::Range& range);
  /// Lays out all that was used. Every piece keeps its alignment in its buffer.
  void layout(const std::vector<iree::Buffer>& buffers);
  /// Where a range that was used is.
  [[nodiscard]] std::uint64_t offset(const iree::Range& range) const;
  /// Appends constants that no trace knows of; returns where.
  std::uint64_t append(std::span<const std::uint8_t> content);
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  std::map<int, std::map<std::uint64_t, std::uint64_t>> used_;  // buffer -> start -> end
  std::map<std::pair<int, std::uint64_t>, std::uint64_t> places_;
  Bytes bytes_;
};

}  // namespace thimble::plan
