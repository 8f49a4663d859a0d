// Control flow, calls, globals and references of the VM; what damaged code does to it: nothing.
#include "compiler/iree/vm.h"

#include <gtest/gtest.h>

#include "compiler/iree/test_module.h"

namespace thimble::iree {
namespace {

using test::Code;
using test::kMove;
using test::kRef;
using test::TestModule;
using test::value;
using Values = Result<std::vector<Value>>;

Values no_imports(std::string_view name, std::span<const Argument>) {
  return fail(ExitCode::kBadModel, "unexpected import {}", name);
}

Values run(const TestModule& test, std::vector<Value> arguments = {},
           const ImportHandler& imports = no_imports) {
  const BytecodeModule module = test.read();
  return Vm(module, imports).call(test.functions[0].name, std::move(arguments));
}

Values run(const Code& code, std::vector<Value> arguments = {},
           const std::string& convention = "0v_i") {
  return run({.functions = {{"f", convention, code}}}, std::move(arguments));
}

std::uint64_t number(const Values& values, std::size_t i = 0) {
  EXPECT_TRUE(values.has_value()) << values.error().message;
  return values && i < values->size() ? (*values)[i].number : 0xdeadbeef;
}

void expect_error(const Values& values, ExitCode code, std::string_view words) {
  ASSERT_FALSE(values.has_value());
  EXPECT_EQ(values.error().code, code) << values.error().message;
  EXPECT_TRUE(values.error().message.starts_with("test.vmfb: ")) << values.error().message;
  EXPECT_NE(values.error().message.find(words), std::string::npos) << values.error().message;
}

TEST(Vm, Constants) {
  Code code;
  code.i32(0, 7).op("const.i32.zero", {0}).i32(1, 0xfffffffe);
  code.i64(2, 0x123456789abcdef0).i64(4, 9).op("const.i64.zero", {4}).leave({0, 1, 2, 4});
  const auto values = run(code, {}, "0v_iiII");
  EXPECT_EQ(number(values, 0), 0u);
  EXPECT_EQ(number(values, 1), 0xfffffffeu);
  EXPECT_EQ(number(values, 2), 0x123456789abcdef0u);
  EXPECT_EQ(number(values, 3), 0u);
}

TEST(Vm, WideValuesTakeTwoRegistersLowFirst) {
  EXPECT_EQ(number(run(Code().i64(2, 0x1122334455667788).leave({2}))), 0x55667788u);
  EXPECT_EQ(number(run(Code().i64(2, 0x1122334455667788).leave({3}))), 0x11223344u);
}

TEST(Vm, WideArgumentsStartAtEvenRegisters) {
  const Code code = Code().leave({0, 2, 4, 6});
  const auto values = run(code, {value(1), value(0x200000003), value(4), value(5)}, "0iIiI_iIiI");
  EXPECT_EQ(number(values, 0), 1u);
  EXPECT_EQ(number(values, 1), 0x200000003u);
  EXPECT_EQ(number(values, 2), 4u);
  EXPECT_EQ(number(values, 3), 5u);
}

TEST(Vm, GlobalsKeepTheirBytes) {
  Code code;
  code.i64(0, 0x8877665544332211).op("global.store.i64").u32(8).all({0});
  code.i32(2, 0xa5a5a5a5).op("global.store.i32").u32(16).all({2});
  code.op("global.load.i32").u32(10).all({4}).op("global.load.i64").u32(12).all({6});
  const auto values = run(code.leave({4, 6}), {}, "0v_iI");
  EXPECT_EQ(number(values, 0), 0x66554433u);
  EXPECT_EQ(number(values, 1), 0xa5a5a5a588776655u);
}

TEST(Vm, GlobalsOutlastACall) {
  TestModule test;
  test.functions = {{"set", "0i_v", Code().op("global.store.i32").u32(0).all({0}).leave()},
                    {"get", "0v_i", Code().op("global.load.i32").u32(0).all({3}).leave({3})}};
  const BytecodeModule module = test.read();
  Vm vm(module, no_imports);
  ASSERT_TRUE(vm.call("set", {value(41)}));
  EXPECT_EQ(number(vm.call("get", {})), 41u);
}

TEST(Vm, GlobalsOutOfRangeAreDamage) {
  for (const std::uint32_t place : {61u, 64u, 0xfffffffeu}) {
    expect_error(run(Code().op("global.load.i32").u32(place).all({0}).leave({0})),
                 ExitCode::kToolFailed, "global out of range at 0 (global.load.i32)");
    expect_error(run(Code().op("global.store.i64").u32(place).all({0}).leave({0})),
                 ExitCode::kToolFailed, "global out of range");
  }
  EXPECT_EQ(number(run(Code().op("global.load.i32").u32(60).all({0}).leave({0}))), 0u);
  expect_error(run(Code().op("global.load.ref").u32(4).u32(0).all({0}).leave({0})),
               ExitCode::kToolFailed, "global out of range");
}

TEST(Vm, ReferencesMoveThroughRegistersAndGlobals) {
  TestModule test;
  test.rodata = {{1, 2}, {3, 4, 5}};
  Code code;
  code.rodata(0, 0).rodata(1, 1);
  code.op("global.store.ref").u32(2).u32(0).all({1});
  code.op("assign.ref", {0, 5}).op("cast.any.ref").all({5}).u32(0).all({6});
  code.i32(0, 1).op("select.ref").all({0}).u32(0).all({6, 1, 7});
  code.i32(0, 0).op("select.ref").all({0}).u32(0).all({6, 1, 8});
  code.op("global.load.ref").u32(2).u32(0).all({9});
  code.op("const.ref.zero", {10}).op("discard.refs").list({kRef | 5});
  code.op("cmp.nz.ref", {5, 1}).op("cmp.nz.ref", {6, 2});
  code.op("cmp.eq.ref", {8, 9, 3}).op("cmp.ne.ref", {8, 9, 4}).op("cmp.eq.ref", {0, 1, 5});
  test.functions = {{"f", "0v_rrrriiiii",
                     code.leave({kRef | 7, kRef | kMove | 8, kRef | 9, kRef | 10, 1, 2, 3, 4, 5})}};
  const BytecodeModule module = test.read();
  const auto values = Vm(module, no_imports).call("f", {});
  ASSERT_TRUE(values.has_value()) << values.error().message;
  const auto bytes = [&](std::size_t i) {
    const auto buffer = std::dynamic_pointer_cast<VmBuffer>((*values)[i].ref);
    return buffer ? *buffer->bytes : Bytes{0xff};
  };
  EXPECT_EQ(bytes(0), (Bytes{1, 2}));
  EXPECT_EQ(bytes(1), (Bytes{3, 4, 5}));
  EXPECT_EQ(bytes(2), (Bytes{3, 4, 5}));
  EXPECT_EQ((*values)[3].ref, nullptr);
  const std::vector<std::uint64_t> compared{0, 1, 1, 0, 0};
  for (std::size_t i = 0; i < compared.size(); ++i)
    EXPECT_EQ(number(values, 4 + i), compared[i]) << i;
}

TEST(Vm, AConstantThatIsNotThereIsDamage) {
  expect_error(run(Code().rodata(0, 0).leave({0})), ExitCode::kToolFailed,
               "constant segment out of range");
}

TEST(Vm, ABranchReadsAllBeforeItWritesAny) {
  TestModule test;
  test.rodata = {{1}, {2}};
  Code code;
  code.i32(0, 10).i32(1, 20).i32(2, 30).rodata(0, 0).rodata(1, 1).op("br");
  const std::size_t target = code.later();
  code.moves({{0, 1}, {1, 2}, {2, 0}, {kRef | 0, kRef | 1}, {kRef | kMove | 1, kRef | 0}});
  code.op("fail", {0}).number(std::uint16_t{0}).land(target).leave({0, 1, 2, kRef | 0, kRef | 1});
  test.functions = {{"f", "0v_iiirr", code}};
  const BytecodeModule module = test.read();
  const auto values = Vm(module, no_imports).call("f", {});
  EXPECT_EQ(number(values, 0), 30u);
  EXPECT_EQ(number(values, 1), 10u);
  EXPECT_EQ(number(values, 2), 20u);
  EXPECT_EQ(std::dynamic_pointer_cast<VmBuffer>((*values)[3].ref)->bytes->at(0), 2);
  EXPECT_EQ(std::dynamic_pointer_cast<VmBuffer>((*values)[4].ref)->bytes->at(0), 1);
}

TEST(Vm, AConditionalBranchTakesItsSideAndItsMoves) {
  Code code;
  code.i32(1, 11).i32(2, 22).op("cond_br", {0});
  const std::size_t when_true = code.later();
  code.moves({{1, 5}});
  const std::size_t when_false = code.later();
  code.moves({{2, 5}, {1, 6}}).land(when_true).leave({5}).land(when_false).leave({5});
  EXPECT_EQ(number(run(code, {value(1)}, "0i_i")), 11u);
  EXPECT_EQ(number(run(code, {value(0)}, "0i_i")), 22u);
  EXPECT_EQ(number(run(code, {value(0x80000000)}, "0i_i")), 11u);
}

TEST(Vm, ALoopCounts) {
  Code code;  // the sum of 1 to n
  code.op("const.i32.zero", {1}).i32(3, 1);
  const std::uint32_t again = code.block();
  code.op("add.i32", {1, 0, 1}).op("sub.i32", {0, 3, 0}).op("cond_br", {0}).u32(again).moves({});
  const std::size_t done = code.later();
  code.moves({}).land(done).leave({1});
  EXPECT_EQ(number(run(code, {value(100)}, "0i_i")), 5050u);
}

TEST(Vm, CallsPassArgumentsAndResultsByConvention) {
  TestModule test;
  test.rodata = {{42}};
  Code outer;
  outer.i32(9, 3).i64(10, 0x500000000).rodata(7, 0);
  outer.call(1, {9, kRef | 7, 10}, {20, kRef | 3}).op("cmp.eq.ref", {3, 7, 22}).leave({20, 22});
  Code inner;  // i32 in 0, i64 in 2, reference in 0
  inner.op("ext.i32.i64.u", {0, 4}).op("add.i64", {4, 2, 6}).leave({6, kRef | kMove | 0});
  test.functions = {{"outer", "0v_Ii", outer}, {"inner", "0irI_Ir", inner}};
  const auto values = run(test);
  EXPECT_EQ(number(values, 0), 0x500000003u);
  EXPECT_EQ(number(values, 1), 1u);
}

TEST(Vm, AYieldableCallGoesOnWhereItSays) {
  TestModule test;
  Code code;
  code.op("call.yieldable").u32(1).list({});
  const std::size_t resume = code.later();
  code.list({3}).i32(3, 1).leave({3}).land(resume).leave({3});
  test.functions = {{"f", "0v_i", code}, {"seven", "0v_i", Code().i32(0, 7).leave({0})}};
  EXPECT_EQ(number(run(test)), 7u);
}

// Hands what an import got to the test.
struct Seen {
  std::string name;
  std::vector<Argument> arguments;
};

TEST(Vm, VariadicCallsBundleSpans) {
  TestModule test;
  const auto import = test.import("module.spans", "0iCiIDrCrD_I");
  test.rodata = {{1}};
  Code code;
  code.i32(0, 5)
      .i32(1, 6)
      .i64(2, 0x700000000)
      .i32(4, 8)
      .i64(6, 9)
      .rodata(0, 0)
      .op("const.ref.zero", {1});
  code.call_variadic(import, {test::kNotRepeated, 2, test::kNotRepeated, 0},
                     {0, 1, 2, 4, 6, kRef | 0}, {10});
  code.call_variadic(import, {test::kNotRepeated, 0, test::kNotRepeated, 2},
                     {4, kRef | 1, kRef | 0, kRef | 1}, {12});
  test.functions = {{"f", "0v_I", code.leave({10})}};
  std::vector<Seen> calls;
  const BytecodeModule module = test.read();
  const auto values =
      Vm(module, [&](std::string_view name, std::span<const Argument> arguments) -> Values {
        calls.push_back({std::string(name), {arguments.begin(), arguments.end()}});
        return std::vector<Value>{value(0x123456789a)};
      }).call("f", {});
  EXPECT_EQ(number(values), 0x123456789au);
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0].name, "module.spans");
  const auto& first = calls[0].arguments;
  ASSERT_EQ(first.size(), 4u);
  EXPECT_EQ(first[0].value.number, 5u);
  ASSERT_EQ(first[1].span.size(), 2u);
  EXPECT_EQ(first[1].span[0][0].number, 6u);
  EXPECT_EQ(first[1].span[0][1].number, 0x700000000u);
  EXPECT_EQ(first[1].span[1][0].number, 8u);
  EXPECT_EQ(first[1].span[1][1].number, 9u);
  EXPECT_NE(first[2].value.ref, nullptr);
  EXPECT_TRUE(first[3].span.empty());
  const auto& second = calls[1].arguments;
  EXPECT_TRUE(second[1].span.empty());
  EXPECT_EQ(second[2].value.ref, nullptr);
  ASSERT_EQ(second[3].span.size(), 2u);
  EXPECT_NE(second[3].span[0][0].ref, nullptr);
  EXPECT_EQ(second[3].span[1][0].ref, nullptr);
}

TEST(Vm, AnImportsErrorEndsTheCall) {
  TestModule test;
  const auto import = test.import("module.no", "0v_v");
  test.functions = {{"f", "0v_v", Code().call(import, {}).leave()}};
  const auto values = run(test);
  ASSERT_FALSE(values.has_value());
  EXPECT_EQ(values.error().message, "unexpected import module.no");
}

TEST(Vm, FailEndsWithItsMessageOnOneLine) {
  Code code;
  code.op("fail", {0})
      .number(std::uint16_t{4})
      .raw('a')
      .raw('\n')
      .raw(0xff)
      .raw('b')
      .i32(0, 3)
      .leave({0});
  expect_error(run(code, {value(9)}, "0i_i"), ExitCode::kToolFailed, "'a  b' (status 9)");
  EXPECT_EQ(number(run(code, {value(0)}, "0i_i")), 3u);  // status 0 is none
}

}  // namespace
}  // namespace thimble::iree
