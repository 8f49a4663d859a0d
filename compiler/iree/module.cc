// See module.h. The file: u32 size, a FlatBuffer of that size, then (from the next multiple of 64)
// external constants.
#include "compiler/iree/module.h"

#include <algorithm>

#include "bytecode_module_generated.h"

namespace thimble::iree {
namespace {

constexpr std::uint32_t kBytecodeVersion = 17u << 16;  // major 17, minor 0: iree-compile 3.13
constexpr std::uint64_t kExternalAlignment = 64;
constexpr std::int32_t kMostGlobals = 1 << 20;

std::string text(const flatbuffers::String* string) {
  return string == nullptr ? std::string() : string->str();
}

// Names end up in messages of one line.
bool is_plain(const std::string& name) {
  return std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
}

std::unexpected<Error> damaged(const std::string& origin, std::string_view what) {
  return fail(ExitCode::kToolFailed, "{}: damaged module ({}); compile the model again", origin,
              what);
}

Result<Bytes> rodata_bytes(const format::RodataSegment& segment,
                           std::span<const std::uint8_t> external, const std::string& origin) {
  if (segment.compression_type() != 0) return damaged(origin, "compressed constants");
  if (const auto* embedded = segment.embedded_data(); embedded != nullptr) {
    return Bytes(embedded->begin(), embedded->end());
  }
  const std::uint64_t offset = segment.external_data_offset();
  const std::uint64_t length = segment.external_data_length();
  if (offset > external.size() || length > external.size() - offset) {
    return damaged(origin, "constants outside the file");
  }
  const auto bytes = external.subspan(offset, length);
  return Bytes(bytes.begin(), bytes.end());
}

Status read_functions(const format::BytecodeModule& root, BytecodeModule& module) {
  const auto* descriptors = root.function_descriptors();
  const auto* signatures = root.function_signatures();
  const auto* code = root.bytecode_data();
  if (descriptors == nullptr || signatures == nullptr || code == nullptr ||
      descriptors->size() != signatures->size()) {
    return damaged(module.origin, "functions");
  }
  std::int64_t total = 0;  // functions don't share code, so a small file makes no large module
  for (std::uint32_t i = 0; i < descriptors->size(); ++i) {
    const format::FunctionDescriptor& descriptor = *descriptors->Get(i);
    const std::int64_t offset = descriptor.bytecode_offset();
    const std::int64_t length = descriptor.bytecode_length();
    const std::span<const std::uint8_t> all(code->data(), code->size());
    total += length;
    if (offset < 0 || length < 0 || offset + length > std::int64_t{code->size()} ||
        total > std::int64_t{code->size()} || descriptor.i32_register_count() < 0 ||
        descriptor.ref_register_count() < 0) {
      return damaged(module.origin, fmt::format("function {}", i));
    }
    const auto bytes =
        all.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
    module.functions.push_back({text(signatures->Get(i)->calling_convention()),
                                Bytes(bytes.begin(), bytes.end()),
                                static_cast<std::uint32_t>(descriptor.i32_register_count()),
                                static_cast<std::uint32_t>(descriptor.ref_register_count())});
  }
  return {};
}

}  // namespace

Result<BytecodeModule> read_module(std::span<const std::uint8_t> file, const std::string& origin) {
  constexpr std::size_t kPrefix = sizeof(flatbuffers::uoffset_t);
  if (file.size() < 4 * kPrefix) return damaged(origin, "shorter than its header");
  const std::size_t size = flatbuffers::ReadScalar<flatbuffers::uoffset_t>(file.data());
  if (size > file.size() - kPrefix) return damaged(origin, "truncated");
  // Its alignment counts from the size prefix; what follows the buffer is no part of it.
  const Bytes buffer(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(kPrefix + size));
  flatbuffers::Verifier verifier(buffer.data(), buffer.size(), 64, 1'000'000);
  if (!verifier.VerifySizePrefixedBuffer<format::BytecodeModule>(
          format::BytecodeModuleIdentifier())) {
    return damaged(origin, "its FlatBuffer does not verify");
  }
  const auto& root = *flatbuffers::GetSizePrefixedRoot<format::BytecodeModule>(buffer.data());
  if (root.bytecode_version() != kBytecodeVersion) {
    return fail(ExitCode::kBadModel,
                "{}: bytecode version {}.{} is not known, 17.0 is; install the pinned compiler",
                origin, root.bytecode_version() >> 16, root.bytecode_version() & 0xffff);
  }
  BytecodeModule module;
  module.origin = origin;
  TRY(read_functions(root, module));
  if (const auto* imports = root.imported_functions(); imports != nullptr) {
    for (const auto* import : *imports) {
      const auto* signature = import->signature();
      module.imports.push_back({text(import->full_name()),
                                signature ? text(signature->calling_convention()) : std::string()});
      if (!is_plain(module.imports.back().name)) return damaged(origin, "the name of an import");
    }
  }
  if (const auto* exports = root.exported_functions(); exports != nullptr) {
    for (const auto* item : *exports) {
      if (item->internal_ordinal() < 0 ||
          static_cast<std::size_t>(item->internal_ordinal()) >= module.functions.size()) {
        return damaged(origin, "exports");
      }
      module.exports[text(item->local_name())] =
          static_cast<std::uint32_t>(item->internal_ordinal());
    }
  }
  const std::size_t external =
      std::min((kPrefix + size + kExternalAlignment - 1) / kExternalAlignment * kExternalAlignment,
               file.size());
  if (const auto* segments = root.rodata_segments(); segments != nullptr) {
    std::size_t total = 0;  // nor do constants share bytes
    for (const auto* segment : *segments) {
      ASSIGN_OR_RETURN(Bytes bytes, rodata_bytes(*segment, file.subspan(external), origin));
      total += bytes.size();
      if (total > file.size()) return damaged(origin, "constants larger than the file");
      module.rodata.push_back(std::move(bytes));
    }
  }
  if (const auto* state = root.module_state(); state != nullptr) {
    if (state->global_bytes_capacity() < 0 || state->global_bytes_capacity() > kMostGlobals ||
        state->global_ref_count() < 0 || state->global_ref_count() > kMostGlobals) {
      return damaged(origin, "globals");
    }
    module.global_bytes = static_cast<std::uint32_t>(state->global_bytes_capacity());
    module.global_refs = static_cast<std::uint32_t>(state->global_ref_count());
  }
  return module;
}

}  // namespace thimble::iree
