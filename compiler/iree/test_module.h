// A tiny assembler for tests: functions in bytecode, put together as a .vmfb in memory.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bytecode_module_generated.h"
#include "compiler/iree/module.h"
#include "compiler/iree/opcodes.h"
#include "compiler/iree/vm.h"

namespace thimble::iree::test {

using Registers = std::vector<std::uint16_t>;
using Moves = std::vector<std::pair<std::uint16_t, std::uint16_t>>;

inline constexpr std::uint16_t kRef = 0x8000;   // in lists: a register of the reference bank
inline constexpr std::uint16_t kMove = 0x4000;  // the reference is not needed afterwards
inline constexpr std::uint16_t kNotRepeated = 0xffff;
inline constexpr std::uint32_t kImport = 0x80000000;

/// The number of an opcode by its name.
inline std::uint8_t opcode(std::string_view name) {
  const auto* const found = std::ranges::find(kOpcodeNames, name);
  if (found == kOpcodeNames.end()) throw std::invalid_argument(std::string(name));
  return static_cast<std::uint8_t>(found - kOpcodeNames.begin());
}

/// The code of one function, instruction by instruction.
class Code {
 public:
  Code& op(std::string_view name, const Registers& registers = {}) {
    bytes_.push_back(opcode(name));
    return all(registers);
  }
  Code& raw(std::uint8_t byte) {
    bytes_.push_back(byte);
    return *this;
  }
  Code& all(const Registers& registers) {
    for (const std::uint16_t item : registers) number(item);
    return *this;
  }
  template <typename T>
  Code& number(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
      bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }
  Code& u32(std::uint32_t value) { return number(value); }
  Code& list(const Registers& registers) {
    align();
    number(static_cast<std::uint16_t>(registers.size()));
    return all(registers);
  }
  Code& moves(const Moves& pairs) {
    align();
    number(static_cast<std::uint16_t>(pairs.size()));
    for (const auto& [source, target] : pairs) all({source, target});
    return *this;
  }

  Code& i32(std::uint16_t result, std::uint32_t value) {
    return op("const.i32").number(value).all({result});
  }
  Code& i64(std::uint16_t result, std::uint64_t value) {
    return op("const.i64").number(value).all({result});
  }
  Code& rodata(std::uint16_t result, std::uint32_t segment) {
    return op("const.ref.rodata").u32(segment).all({result});
  }
  Code& call(std::uint32_t function, const Registers& operands, const Registers& results = {}) {
    return op("call").u32(function).list(operands).list(results);
  }
  Code& call_variadic(std::uint32_t function, const Registers& segments, const Registers& operands,
                      const Registers& results = {}) {
    return op("call.variadic").u32(function).list(segments).list(operands).list(results);
  }
  Code& leave(const Registers& results = {}) { return op("return").list(results); }

  /// A block starts here; its address.
  std::uint32_t block() {
    const auto at = static_cast<std::uint32_t>(bytes_.size());
    op("Block");
    return at;
  }
  /// An address that is not known yet, and what makes it known: a block that starts here.
  std::size_t later() {
    u32(0);
    return bytes_.size() - 4;
  }
  Code& land(std::size_t place) {
    const std::uint32_t target = block();
    for (std::size_t i = 0; i < 4; ++i)
      bytes_[place + i] = static_cast<std::uint8_t>(target >> (8 * i));
    return *this;
  }

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
  void align() { bytes_.resize((bytes_.size() + 1) & ~std::size_t{1}); }
  Bytes bytes_;
};

struct TestFunction {
  std::string name;
  std::string convention;
  Code code;
  std::int16_t i32_registers = 64;
  std::int16_t ref_registers = 32;
};

/// What a module is made of; embedded constants come before external ones.
struct TestModule {
  std::vector<TestFunction> functions{};
  std::vector<Import> imports{};
  std::vector<Bytes> rodata{};
  std::vector<Bytes> external{};
  std::int32_t global_bytes = 64;
  std::int32_t global_refs = 4;
  std::uint32_t version = 17u << 16;

  /// Declares an import: what to call it by.
  std::uint32_t import(std::string name, std::string convention) {
    imports.push_back({std::move(name), std::move(convention)});
    return kImport | static_cast<std::uint32_t>(imports.size() - 1);
  }

  [[nodiscard]] Bytes file() const {
    flatbuffers::FlatBufferBuilder builder;
    std::vector<flatbuffers::Offset<format::ImportedFunction>> imported;
    for (const Import& item : imports) {
      const auto signature =
          format::CreateFunctionSignatureDirect(builder, item.calling_convention.c_str());
      imported.push_back(
          format::CreateImportedFunctionDirect(builder, item.name.c_str(), signature));
    }
    Bytes code;
    std::vector<flatbuffers::Offset<format::ExportedFunction>> exported;
    std::vector<flatbuffers::Offset<format::FunctionSignature>> signatures;
    std::vector<format::FunctionDescriptor> descriptors;
    for (const TestFunction& function : functions) {
      exported.push_back(format::CreateExportedFunctionDirect(
          builder, function.name.c_str(), static_cast<std::int32_t>(exported.size())));
      signatures.push_back(
          format::CreateFunctionSignatureDirect(builder, function.convention.c_str()));
      const Bytes& bytes = function.code.bytes();
      descriptors.emplace_back(static_cast<std::int32_t>(code.size()),
                               static_cast<std::int32_t>(bytes.size()), 0u, std::int16_t{0},
                               std::int16_t{1}, function.i32_registers, function.ref_registers);
      code.insert(code.end(), bytes.begin(), bytes.end());
      code.resize((code.size() + 7) & ~std::size_t{7});
    }
    Bytes behind;
    std::vector<flatbuffers::Offset<format::RodataSegment>> segments;
    segments.reserve(rodata.size() + external.size());
    for (const Bytes& bytes : rodata)
      segments.push_back(format::CreateRodataSegmentDirect(builder, 0, 0, &bytes));
    for (const Bytes& bytes : external) {
      segments.push_back(
          format::CreateRodataSegmentDirect(builder, 0, 0, nullptr, behind.size(), bytes.size()));
      behind.insert(behind.end(), bytes.begin(), bytes.end());
    }
    const auto imports_at = builder.CreateVector(imported);
    const auto exports_at = builder.CreateVector(exported);
    const auto signatures_at = builder.CreateVector(signatures);
    const auto segments_at = builder.CreateVector(segments);
    const auto state = format::CreateModuleState(builder, global_bytes, global_refs);
    const auto descriptors_at = builder.CreateVectorOfStructs(descriptors);
    const auto code_at = builder.CreateVector(code);
    const auto name = builder.CreateString("module");
    builder.FinishSizePrefixed(
        format::CreateBytecodeModule(builder, name, 0, 0, 0, 0, 0, imports_at, exports_at,
                                     signatures_at, segments_at, 0, state, descriptors_at, version,
                                     code_at),
        format::BytecodeModuleIdentifier());
    Bytes file(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
    if (!behind.empty()) file.resize((file.size() + 63) & ~std::size_t{63});
    file.insert(file.end(), behind.begin(), behind.end());
    return file;
  }

  /// As the reader sees it; a test module must be readable.
  [[nodiscard]] BytecodeModule read() const { return read_module(file(), "test.vmfb").value(); }
};

inline Value value(std::uint64_t number) {
  return {number, nullptr};
}

}  // namespace thimble::iree::test
