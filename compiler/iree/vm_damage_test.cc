// Code that cannot be right ends with an error that says where, however it goes wrong.
#include <gtest/gtest.h>

#include "compiler/iree/test_module.h"

namespace thimble::iree {
namespace {

using test::Code;
using test::kRef;
using test::TestModule;
using test::value;

void expect_damage(const TestModule& test, std::string_view words) {
  const BytecodeModule module = test.read();
  const ImportHandler two_results = [](std::string_view, std::span<const Argument>) {
    return Result<std::vector<Value>>(std::vector<Value>(2));
  };
  const auto values = Vm(module, two_results).call(test.functions[0].name, {});
  ASSERT_FALSE(values.has_value()) << words;
  EXPECT_EQ(values.error().code, ExitCode::kToolFailed) << values.error().message;
  EXPECT_TRUE(values.error().message.starts_with("test.vmfb: damaged module ("))
      << values.error().message;
  EXPECT_NE(values.error().message.find(words), std::string::npos) << values.error().message;
}

void expect_damage(const Code& code, std::string_view words) {
  expect_damage(TestModule{.functions = {{"f", "0v_i", code}}}, words);
}

TEST(VmDamage, AFunctionThatIsNotThere) {
  const BytecodeModule module = TestModule{.functions = {{"f", "0v_v", Code().leave()}}}.read();
  const auto values = Vm(module, nullptr).call("g", {});
  ASSERT_FALSE(values.has_value());
  EXPECT_NE(values.error().message.find("no function 'g'"), std::string::npos);
}

TEST(VmDamage, ArgumentsThatAreTooFewOrTooMany) {
  const BytecodeModule module = TestModule{.functions = {{"f", "0ir_v", Code().leave()}}}.read();
  EXPECT_FALSE(Vm(module, nullptr).call("f", {value(1)}));
  EXPECT_FALSE(Vm(module, nullptr).call("f", {value(1), value(2), value(3)}));
  EXPECT_TRUE(Vm(module, nullptr).call("f", {value(1), value(2)}));
}

TEST(VmDamage, ArgumentsWithoutRegisters) {
  expect_damage({.functions = {{"f", "0v_v", Code().call(1, {0, 0, 0}).leave()},
                               {"g", "0iii_v", Code().leave(), 1, 0}}},
                "register out of range");
}

TEST(VmDamage, RegistersOutOfRange) {
  expect_damage(Code().op("add.i32", {0, 65, 0}).leave({0}),
                "register out of range at 0 (add.i32)");
  expect_damage(Code().i32(0xffff, 1).leave({0}), "register out of range");
  expect_damage(Code().i64(64, 1).leave({0}), "register out of range");
  expect_damage(Code().op("const.ref.zero", {32}).leave({0}), "reference register out of range");
  expect_damage(Code().leave({kRef | 0}), "register out of range");
}

TEST(VmDamage, CodeThatEndsInAnInstruction) {
  expect_damage(Code(), "code ends in an instruction");
  const Bytes whole = Code().i64(0, 1).leave({0}).bytes();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    Code code;
    for (std::size_t i = 0; i < length; ++i) code.raw(whole[i]);
    expect_damage(code, "code ends in an instruction");
  }
}

TEST(VmDamage, JumpsOutOfTheFunction) {
  expect_damage(Code().op("br").u32(1000).moves({}), "jump out of the function");
  expect_damage(Code().op("br").u32(0xffffffff).moves({}), "jump out of the function");
  expect_damage(Code().op("br").u32(0).moves({{99, 0}}), "register out of range");
}

TEST(VmDamage, CallsThatDoNotFit) {
  TestModule test;
  const auto import = test.import("m.f", "0i_i");
  const auto damaged_by = [&](const Code& code, std::string_view words) {
    test.functions = {{"f", "0v_i", code}, {"g", "0ii_i", Code().leave({0})}};
    expect_damage(test, words);
  };
  damaged_by(Code().call(2, {0, 0}, {0}).leave({0}), "a function that is not there");
  damaged_by(Code().call(import + 1, {0}, {0}).leave({0}), "a function that is not there");
  damaged_by(Code().call(1, {0}, {0}).leave({0}), "too few operands");
  damaged_by(Code().call(1, {0, 0}, {}).leave({0}), "another number of results");
  damaged_by(Code().call(import, {0}, {0}).leave({0}), "another number of results");
  damaged_by(Code().leave({0, 1}), "return with another number of results");
}

TEST(VmDamage, AVariadicCallWithMoreThanItHas) {
  TestModule test;
  const auto import = test.import("m.f", "0CiD_v");
  test.functions = {{"f", "0v_v", Code().call_variadic(import, {0xffff}, {1, 2}).leave()}};
  expect_damage(test, "too few operands");
}

TEST(VmDamage, AnEndlessLoop) {
  Code code;
  code.block();
  code.op("br").u32(0).moves({});
  const BytecodeModule module = TestModule{.functions = {{"f", "0v_v", code}}}.read();
  Vm vm(module, nullptr);
  for (int i = 0; i < 2; ++i) {  // the second call has no steps left either
    const auto values = vm.call("f", {});
    ASSERT_FALSE(values.has_value());
    EXPECT_EQ(values.error().code, ExitCode::kToolFailed);
    EXPECT_NE(values.error().message.find("no end in sight"), std::string::npos);
  }
}

TEST(VmDamage, EndlessRecursion) {
  const BytecodeModule module =
      TestModule{.functions = {{"f", "0v_v", Code().call(0, {}).leave()}}}.read();
  const auto values = Vm(module, nullptr).call("f", {});
  ASSERT_FALSE(values.has_value());
  EXPECT_EQ(values.error().code, ExitCode::kToolFailed);
  EXPECT_NE(values.error().message.find("nest too deeply"), std::string::npos);
}

TEST(VmDamage, RecursionThatBranchesAtEveryLevel) {
  const BytecodeModule module =
      TestModule{.functions = {{"f", "0v_v", Code().call(1, {}).leave()},
                               {"g", "0i_v", Code().call(0, {}).call(0, {}).leave()}}}
          .read();
  EXPECT_FALSE(Vm(module, nullptr).call("f", {}));
}

}  // namespace
}  // namespace thimble::iree
