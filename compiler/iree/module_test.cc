// What stands in a module is read as it stands; what cannot be right is refused, with the remedy.
#include "compiler/iree/module.h"

#include <gtest/gtest.h>

#include "compiler/iree/test_module.h"

namespace thimble::iree {
namespace {

using test::Code;
using test::TestModule;

TestModule small() {
  TestModule module;
  module.functions = {{"__init", "0v_v", Code().leave(), 3, 2},
                      {"net", "0rI_r", Code().leave({test::kRef}), 5, 1}};
  module.import("hal.fence.create", "0ri_r");
  module.rodata = {{1, 2, 3}, {}};
  module.external = {Bytes(100, 7), Bytes(3, 9)};
  module.global_bytes = 24;
  module.global_refs = 3;
  return module;
}

void expect_damaged(const TestModule& module, std::string_view place) {
  const auto read = read_module(module.file(), "net.vmfb");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ExitCode::kToolFailed);
  EXPECT_TRUE(read.error().message.starts_with("net.vmfb: damaged module ("))
      << read.error().message;
  EXPECT_NE(read.error().message.find(place), std::string::npos) << read.error().message;
}

TEST(Module, ReadsFunctionsImportsExportsAndGlobals) {
  const BytecodeModule module = small().read();
  EXPECT_EQ(module.origin, "test.vmfb");
  ASSERT_EQ(module.functions.size(), 2u);
  EXPECT_EQ(module.functions[1].calling_convention, "0rI_r");
  EXPECT_EQ(module.functions[1].bytecode, Code().leave({test::kRef}).bytes());
  EXPECT_EQ(module.functions[0].i32_registers, 3u);
  EXPECT_EQ(module.functions[0].ref_registers, 2u);
  ASSERT_EQ(module.imports.size(), 1u);
  EXPECT_EQ(module.imports[0].name, "hal.fence.create");
  EXPECT_EQ(module.imports[0].calling_convention, "0ri_r");
  EXPECT_EQ(module.exports, (std::map<std::string, std::uint32_t>{{"__init", 0}, {"net", 1}}));
  EXPECT_EQ(module.global_bytes, 24u);
  EXPECT_EQ(module.global_refs, 3u);
}

TEST(Module, ReadsConstantsInsideAndBehindTheFlatBuffer) {
  const BytecodeModule module = small().read();
  EXPECT_EQ(module.rodata, (std::vector<Bytes>{{1, 2, 3}, {}, Bytes(100, 7), Bytes(3, 9)}));
}

TEST(Module, RefusesAnotherVersionByName) {
  TestModule module = small();
  module.version = 18u << 16 | 3;
  const auto read = read_module(module.file(), "net.vmfb");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ExitCode::kBadModel);
  EXPECT_NE(read.error().message.find("bytecode version 18.3"), std::string::npos);
  EXPECT_TRUE(read.error().message.starts_with("net.vmfb: "));
}

TEST(Module, RefusesEveryTruncation) {
  const Bytes file = small().file();
  for (std::size_t length = 0; length < file.size(); ++length) {
    const auto read = read_module(std::span(file).first(length), "net.vmfb");
    ASSERT_FALSE(read.has_value()) << length;
    EXPECT_EQ(read.error().code, ExitCode::kToolFailed) << length;
  }
}

TEST(Module, RefusesTooManyGlobals) {
  TestModule module = small();
  module.global_bytes = -1;
  expect_damaged(module, "globals");
  module.global_bytes = 0;
  module.global_refs = INT32_MAX;
  expect_damaged(module, "globals");
}

TEST(Module, RefusesNegativeRegisterCounts) {
  TestModule module = small();
  module.functions[1].ref_registers = -1;
  expect_damaged(module, "function 1");
}

TEST(Module, RefusesNamesThatDoNotFitOnALine) {
  TestModule module = small();
  module.imports[0].name = "hal.\nfence";
  expect_damaged(module, "name");
}

// A small file must not unfold into a large module.
TEST(Module, RefusesConstantsThatShareTheirBytes) {
  const Bytes file = small().file();
  flatbuffers::FlatBufferBuilder builder;
  const Bytes bytes(1000);
  const std::vector shared(50, format::CreateRodataSegmentDirect(builder, 0, 0, &bytes));
  const auto segments = builder.CreateVector(shared);
  const auto signatures =
      builder.CreateVector(std::vector<flatbuffers::Offset<format::FunctionSignature>>());
  const auto descriptors = builder.CreateVectorOfStructs(std::vector<format::FunctionDescriptor>());
  const auto code = builder.CreateVector(Bytes());
  builder.FinishSizePrefixed(
      format::CreateBytecodeModule(builder, 0, 0, 0, 0, 0, 0, 0, 0, signatures, segments, 0, 0,
                                   descriptors, 17u << 16, code),
      format::BytecodeModuleIdentifier());
  const auto read = read_module({builder.GetBufferPointer(), builder.GetSize()}, "net.vmfb");
  ASSERT_FALSE(read.has_value());
  EXPECT_NE(read.error().message.find("constants"), std::string::npos) << read.error().message;
}

}  // namespace
}  // namespace thimble::iree
