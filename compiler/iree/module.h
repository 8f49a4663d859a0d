// A compiled IREE module (.vmfb), read into plain data: functions, signatures, bytecode and
// constant segments. Everything is bounds-checked here, once; who uses it may index freely.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/base/result.h"

namespace thimble::iree {

struct Function {
  std::string calling_convention;  ///< "0rI_r": version, arguments, '_', results
  Bytes bytecode;
  std::uint32_t i32_registers = 0;
  std::uint32_t ref_registers = 0;
};

struct Import {
  std::string name;  ///< "hal.command_buffer.dispatch"
  std::string calling_convention;
};

struct BytecodeModule {
  std::string origin;  ///< where it was read from, for errors
  std::vector<Function> functions;
  std::vector<Import> imports;
  std::map<std::string, std::uint32_t> exports;  ///< name -> index into functions
  std::vector<Bytes> rodata;
  std::uint32_t global_bytes = 0;
  std::uint32_t global_refs = 0;
};

/// Reads a .vmfb. A version of the bytecode that is not known is refused by name (kBadModel);
/// damage is kToolFailed.
[[nodiscard]] Result<BytecodeModule> read_module(std::span<const std::uint8_t> file,
                                                 const std::string& origin);

}  // namespace thimble::iree
