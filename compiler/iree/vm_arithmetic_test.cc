// Every instruction from operands to one result, and that there is no instruction that is neither
// tested nor refused by its name.
#include <gtest/gtest.h>

#include <set>

#include "compiler/iree/test_module.h"

namespace thimble::iree {
namespace {

using test::Code;
using test::TestModule;
using test::value;

struct Case {
  std::string_view name;
  std::string operands;  // their types
  char result;
  std::vector<std::uint64_t> arguments;
  std::uint64_t expected;
};

constexpr std::uint64_t kMin32 = 0x80000000;
constexpr std::uint64_t kMax32 = 0x7fffffff;
constexpr std::uint64_t kAll32 = 0xffffffff;  // minus one, too
constexpr std::uint64_t kMin64 = 0x8000000000000000;
constexpr std::uint64_t kMax64 = 0x7fffffffffffffff;
constexpr std::uint64_t kAll64 = 0xffffffffffffffff;

const std::vector<Case>& cases() {
  static const std::vector<Case> list{
      {"add.i32", "ii", 'i', {kMax32, 1}, kMin32},
      {"add.i32", "ii", 'i', {kAll32, 2}, 1},
      {"sub.i32", "ii", 'i', {0, 1}, kAll32},
      {"mul.i32", "ii", 'i', {0x10001, 0x10001}, 0x20001},
      {"div.i32.s", "ii", 'i', {static_cast<std::uint32_t>(-7), 2}, static_cast<std::uint32_t>(-3)},
      {"div.i32.s", "ii", 'i', {7, kAll32}, static_cast<std::uint32_t>(-7)},
      {"div.i32.s", "ii", 'i', {kMin32, kAll32}, kMin32},
      {"div.i32.u", "ii", 'i', {kAll32, 2}, kMax32},
      {"div.i32.u", "ii", 'i', {5, kAll32}, 0},
      {"rem.i32.s", "ii", 'i', {static_cast<std::uint32_t>(-7), 2}, kAll32},
      {"rem.i32.s", "ii", 'i', {kMin32, kAll32}, 0},
      {"rem.i32.u", "ii", 'i', {kAll32, 10}, 5},
      {"add.i64", "II", 'I', {kMax64, 1}, kMin64},
      {"add.i64", "II", 'I', {kAll32, 1}, 0x100000000},
      {"sub.i64", "II", 'I', {0, 1}, kAll64},
      {"mul.i64", "II", 'I', {0x100000001, 0x100000001}, 0x200000001},
      {"div.i64.s", "II", 'I', {static_cast<std::uint64_t>(-7), 2}, static_cast<std::uint64_t>(-3)},
      {"div.i64.s", "II", 'I', {kMin64, kAll64}, kMin64},
      {"div.i64.u", "II", 'I', {kAll64, 2}, kMax64},
      {"rem.i64.s", "II", 'I', {static_cast<std::uint64_t>(-7), 2}, kAll64},
      {"rem.i64.s", "II", 'I', {kMin64, kAll64}, 0},
      {"rem.i64.u", "II", 'I', {kAll64, 10}, 5},
      {"not.i32", "i", 'i', {0xf0f0f0f0}, 0x0f0f0f0f},
      {"and.i32", "ii", 'i', {0xff00ff00, 0x0ff00ff0}, 0x0f000f00},
      {"or.i32", "ii", 'i', {0xff00ff00, 0x0ff00ff0}, 0xfff0fff0},
      {"xor.i32", "ii", 'i', {0xff00ff00, 0x0ff00ff0}, 0xf0f0f0f0},
      {"not.i64", "I", 'I', {kAll32}, 0xffffffff00000000},
      {"and.i64", "II", 'I', {0xff00000000000001, 0xf000000000000003}, 0xf000000000000001},
      {"or.i64", "II", 'I', {0xff00000000000001, 2}, 0xff00000000000003},
      {"xor.i64", "II", 'I', {kAll64, 0xff}, 0xffffffffffffff00},
      {"shl.i32", "ii", 'i', {0x81, 31}, kMin32},
      {"shr.i32.s", "ii", 'i', {kMin32, 31}, kAll32},
      {"shr.i32.s", "ii", 'i', {0x40000000, 30}, 1},
      {"shr.i32.u", "ii", 'i', {kMin32, 31}, 1},
      {"shl.i64", "Ii", 'I', {1, 63}, kMin64},
      {"shr.i64.s", "Ii", 'I', {kMin64, 63}, kAll64},
      {"shr.i64.u", "Ii", 'I', {kMin64, 63}, 1},
      {"trunc.i32.i8", "i", 'i', {0x123456f8}, 0xf8},
      {"trunc.i32.i16", "i", 'i', {0x1234f678}, 0xf678},
      {"trunc.i64.i32", "I", 'i', {0x1234567890abcdef}, 0x90abcdef},
      {"ext.i8.i32.s", "i", 'i', {0x1280}, 0xffffff80},
      {"ext.i8.i32.s", "i", 'i', {0x127f}, 0x7f},
      {"ext.i8.i32.u", "i", 'i', {0x1280}, 0x80},
      {"ext.i16.i32.s", "i", 'i', {0x128000}, 0xffff8000},
      {"ext.i16.i32.u", "i", 'i', {0x128000}, 0x8000},
      {"ext.i32.i64.s", "i", 'I', {kMin32}, 0xffffffff80000000},
      {"ext.i32.i64.u", "i", 'I', {kMin32}, kMin32},
      {"cmp.eq.i32", "ii", 'i', {5, 5}, 1},
      {"cmp.eq.i32", "ii", 'i', {5, 6}, 0},
      {"cmp.ne.i32", "ii", 'i', {5, 6}, 1},
      {"cmp.ne.i32", "ii", 'i', {5, 5}, 0},
      {"cmp.lt.i32.s", "ii", 'i', {kAll32, 0}, 1},
      {"cmp.lt.i32.s", "ii", 'i', {0, 0}, 0},
      {"cmp.lt.i32.u", "ii", 'i', {kAll32, 0}, 0},
      {"cmp.lt.i32.u", "ii", 'i', {0, kAll32}, 1},
      {"cmp.nz.i32", "i", 'i', {kMin32}, 1},
      {"cmp.nz.i32", "i", 'i', {0}, 0},
      {"cmp.eq.i64", "II", 'i', {0x100000000, 0}, 0},
      {"cmp.ne.i64", "II", 'i', {0x100000000, 0}, 1},
      {"cmp.lt.i64.s", "II", 'i', {kAll64, 0}, 1},
      {"cmp.lt.i64.s", "II", 'i', {kAll32, 0}, 0},
      {"cmp.lt.i64.u", "II", 'i', {kAll64, 0}, 0},
      {"cmp.nz.i64", "I", 'i', {0x100000000}, 1},
      {"cmp.nz.i64", "I", 'i', {0}, 0},
      {"min.i32.s", "ii", 'i', {kAll32, 1}, kAll32},
      {"min.i32.u", "ii", 'i', {kAll32, 1}, 1},
      {"max.i32.s", "ii", 'i', {kAll32, 1}, 1},
      {"max.i32.u", "ii", 'i', {kAll32, 1}, kAll32},
      {"min.i64.s", "II", 'I', {kAll64, 1}, kAll64},
      {"min.i64.u", "II", 'I', {kAll64, 1}, 1},
      {"max.i64.s", "II", 'I', {kAll64, 1}, 1},
      {"max.i64.u", "II", 'I', {kAll64, 1}, kAll64},
      {"select.i32", "iii", 'i', {1, 10, 20}, 10},
      {"select.i32", "iii", 'i', {0, 10, 20}, 20},
      {"select.i64", "iII", 'I', {2, kMin64, 20}, kMin64},
      {"select.i64", "iII", 'I', {0, 10, kAll64}, kAll64},
  };
  return list;
}

// Tested in vm_test.cc.
constexpr auto kElsewhere = std::to_array<std::string_view>({"global.load.i32",
                                                             "global.store.i32",
                                                             "global.load.i64",
                                                             "global.store.i64",
                                                             "global.load.ref",
                                                             "global.store.ref",
                                                             "const.i32.zero",
                                                             "const.i32",
                                                             "const.i64.zero",
                                                             "const.i64",
                                                             "const.ref.zero",
                                                             "const.ref.rodata",
                                                             "select.ref",
                                                             "cmp.eq.ref",
                                                             "cmp.ne.ref",
                                                             "cmp.nz.ref",
                                                             "br",
                                                             "cond_br",
                                                             "call",
                                                             "call.variadic",
                                                             "return",
                                                             "fail",
                                                             "Block",
                                                             "cast.any.ref",
                                                             "discard.refs",
                                                             "assign.ref",
                                                             "call.yieldable",
                                                             "call.variadic.yieldable"});

Result<std::vector<Value>> evaluate(const Case& test) {
  constexpr std::uint16_t kResult = 20;
  Code code;
  code.op(test.name);
  std::vector<Value> arguments;
  std::uint16_t next = 0;
  for (std::size_t i = 0; i < test.operands.size(); ++i) {
    const bool wide = test.operands[i] == 'I';
    if (wide) next = static_cast<std::uint16_t>((next + 1) & ~1);
    code.all({next});
    next = static_cast<std::uint16_t>(next + (wide ? 2 : 1));
    arguments.push_back(value(test.arguments[i]));
  }
  code.all({kResult}).leave({kResult});
  const BytecodeModule module =
      TestModule{.functions = {{"f", "0" + test.operands + "_" + test.result, code}}}.read();
  return Vm(module, nullptr).call("f", std::move(arguments));
}

TEST(VmArithmetic, ComputesWhatTheInstructionSays) {
  for (const Case& test : cases()) {
    const auto values = evaluate(test);
    ASSERT_TRUE(values.has_value()) << test.name << ": " << values.error().message;
    EXPECT_EQ((*values)[0].number, test.expected) << test.name;
  }
}

TEST(VmArithmetic, DivisionByZeroIsDamage) {
  for (const std::string_view name : {"div.i32.s", "div.i32.u", "rem.i32.s", "rem.i32.u"}) {
    const auto values = evaluate({name, "ii", 'i', {1, 0}, 0});
    ASSERT_FALSE(values.has_value()) << name;
    EXPECT_EQ(values.error().code, ExitCode::kToolFailed);
    EXPECT_NE(values.error().message.find("division by zero"), std::string::npos);
  }
  EXPECT_FALSE(evaluate({"div.i64.s", "II", 'I', {1, 0}, 0}));
  EXPECT_FALSE(evaluate({"rem.i64.u", "II", 'I', {1, 0}, 0}));
}

TEST(VmArithmetic, EveryOtherInstructionIsRefusedByName) {
  std::set<std::string_view> implemented(kElsewhere.begin(), kElsewhere.end());
  for (const Case& test : cases()) implemented.insert(test.name);
  for (unsigned number = 0; number <= 0xff; ++number) {
    const auto opcode = static_cast<std::uint8_t>(number);
    const std::string_view name = opcode_name(opcode);
    if (implemented.contains(name)) continue;
    Code code;
    code.raw(opcode);
    for (int i = 0; i < 64; ++i) code.raw(0);
    const BytecodeModule module = TestModule{.functions = {{"f", "0v_v", code}}}.read();
    const auto values = Vm(module, nullptr).call("f", {});
    ASSERT_FALSE(values.has_value()) << name;
    EXPECT_EQ(values.error().code, ExitCode::kBadModel) << name;
    EXPECT_NE(values.error().message.find(fmt::format("'{}' (opcode 0x{:02x})", name, number)),
              std::string::npos)
        << values.error().message;
  }
}

}  // namespace
}  // namespace thimble::iree
