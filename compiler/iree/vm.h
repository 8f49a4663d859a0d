// IREE's virtual machine, as much of it as the host part of a static network needs: scheduling code
// that allocates buffers and records commands. The commands themselves are the caller's business,
// through imports.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "compiler/iree/module.h"

namespace thimble::iree {

/// What a reference register holds; the recording HAL derives its own kinds.
struct Object {
  virtual ~Object() = default;
};
using Ref = std::shared_ptr<Object>;

/// A constant segment of the module, as the program sees it.
struct VmBuffer : Object {
  explicit VmBuffer(const Bytes* segment) : bytes(segment) {}
  const Bytes* bytes;
};

/// A value in flight. i32 values are zero-extended.
struct Value {
  std::uint64_t number = 0;
  Ref ref;
};

/// An argument of an import: one value, or the tuples of a repeated span.
struct Argument {
  Value value;
  std::vector<std::vector<Value>> span;
};

/// Answers a call that leaves the module: the results, in order.
using ImportHandler = std::function<Result<std::vector<Value>>(
    std::string_view name, std::span<const Argument> arguments)>;

class Vm {
 public:
  /// `module` must outlive the machine.
  Vm(const BytecodeModule& module, ImportHandler imports);

  /// Calls an exported function to its end. An opcode that is not implemented is refused by name
  /// (kBadModel); damage (a register, jump or segment out of range, no end) is kToolFailed.
  [[nodiscard]] Result<std::vector<Value>> call(std::string_view name,
                                                std::vector<Value> arguments);

 private:
  friend class Frame;
  Result<std::vector<Value>> call(std::uint32_t function, std::span<const Value> arguments,
                                  int depth);

  const BytecodeModule& module_;
  ImportHandler imports_;
  std::vector<std::uint8_t> globals_;
  std::vector<Ref> global_refs_;
  std::vector<Ref> rodata_;
  std::uint64_t steps_left_;
};

}  // namespace thimble::iree
