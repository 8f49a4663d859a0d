// The straight line that a static network is: buffers, and the steps over ranges of them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "compiler/base/file.h"

namespace thimble::iree {

enum class BufferKind {
  kInput,     ///< filled by the caller before the first step
  kConstant,  ///< content is known
  kWorking    ///< written by steps
};

struct Buffer {
  BufferKind kind;
  std::uint64_t size = 0;
  int input = -1;  ///< which input of the model
  Bytes content;   ///< of a constant
};

/// Bytes [offset, offset + length) of a buffer of the trace.
struct Range {
  int buffer = -1;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// A generated function, called for every workgroup. Bindings in the function's order.
struct DispatchStep {
  std::string function;
  std::array<std::uint32_t, 3> workgroups{};
  std::vector<std::uint32_t> constants;
  std::vector<Range> bindings;
};

/// The range is filled with the pattern's low `pattern_length` bytes, again and again.
struct FillStep {
  Range target;
  std::uint64_t pattern = 0;
  std::uint32_t pattern_length = 1;
};

struct CopyStep {
  Range target;
  Range source;
};

using Step = std::variant<DispatchStep, FillStep, CopyStep>;

struct Trace {
  std::vector<Buffer> buffers;
  std::vector<Step> steps;
  std::vector<Range> outputs;  ///< where each output of the model stands after the last step
};

/// The ranges a step touches, targets of fills and copies first.
[[nodiscard]] std::vector<Range> ranges(const Step& step);

}  // namespace thimble::iree
