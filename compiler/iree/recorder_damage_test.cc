// Schedules that ask the HAL for what cannot be: each an error that names the call.
#include <gtest/gtest.h>

#include <functional>

#include "compiler/iree/recorder.h"
#include "compiler/iree/test_schedule.h"

namespace thimble::iree {
namespace {

using test::Code;
using test::i32;
using test::i64;
using test::kRef;
using test::ref;
using test::Schedule;
using Writer = std::function<void(Schedule&, Code&)>;

constexpr std::uint16_t kNull = Schedule::kNull;

// The input, 16 bytes, is in reference register 1, an empty command buffer in 2, function 0 in
// register 0, and the 8 bytes of a constant segment in reference register 3.
void expect_damage(std::string_view words, const Writer& write) {
  Schedule schedule;
  schedule.module.rodata = {test::text("f"), Bytes(8)};
  Code code;
  schedule.buffer_of(code, 1, 0);
  schedule.commands(code, 2);
  schedule.look_up(code, 0, 0);
  code.rodata(3, 1);
  write(schedule, code);
  schedule.add("net", "0r_r", code.leave({kRef | 0}));
  const auto trace = record(schedule.module.read(), "net", {16});
  ASSERT_FALSE(trace.has_value()) << words;
  EXPECT_EQ(trace.error().code, ExitCode::kToolFailed) << trace.error().message;
  EXPECT_TRUE(trace.error().message.starts_with("test.vmfb: damaged module ("))
      << trace.error().message;
  EXPECT_NE(trace.error().message.find(words), std::string::npos) << trace.error().message;
}

TEST(RecorderDamage, RangesOutsideTheirBuffer) {
  for (const auto& [offset, length] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {0, 17}, {17, 0}, {16, 1}, {UINT64_MAX, 2}, {2, UINT64_MAX}}) {
    expect_damage(
        "a range outside its buffer in 'hal.buffer.subspan'", [&](Schedule& s, Code& code) {
          s.call(code, "hal.buffer.subspan", {ref(1), i64(offset), i64(length)}, {kRef | 4});
        });
    expect_damage("a range outside its buffer in 'hal.buffer_view.create'",
                  [&](Schedule& s, Code& code) { s.view(code, 4, 1, offset, length); });
    expect_damage("a range outside its buffer in 'hal.device.queue.execute.indirect'",
                  [&](Schedule& s, Code& code) {
                    s.fill(code, 2, 1, offset, length, 0, 1);
                    s.execute(code, 2);
                  });
    expect_damage("a range outside its buffer in 'hal.device.queue.execute.indirect'",
                  [&](Schedule& s, Code& code) {
                    s.dispatch(code, 2, 0, {}, {{0, kNull, offset, length}});
                    s.execute(code, 2, {{1, 0, 16}});
                  });
    expect_damage("a range outside its buffer",
                  [&](Schedule& s, Code& code) { s.execute(code, 2, {{1, offset, length}}); });
  }
}

TEST(RecorderDamage, ASlotOutsideTheTable) {
  expect_damage("a binding slot outside the table", [](Schedule& s, Code& code) {
    s.fill(code, 2, kNull, 0, 1, 0, 1, 1);
    s.execute(code, 2, {{1, 0, 16}});
  });
}

TEST(RecorderDamage, ConstantsOutsideTheirSegment) {
  expect_damage(
      "a constant outside its segment in 'hal.allocator.import'", [](Schedule& s, Code& code) {
        s.call(code, "hal.allocator.import",
               {ref(kNull), i32(1), i64(0), i32(0), i32(0), ref(3), i64(4), i64(5)}, {kRef | 5});
      });
  expect_damage("a constant outside its segment", [](Schedule& s, Code& code) {
    s.call(code, "hal.device.queue.update",
           {ref(kNull), i64(0), ref(kNull), ref(kNull), ref(3), i64(UINT64_MAX), ref(1), i64(0),
            i64(1), i64(0)});
  });
}

TEST(RecorderDamage, AnObjectOfAnotherKind) {
  expect_damage("a buffer is missing in 'hal.buffer.subspan'", [](Schedule& s, Code& code) {
    s.call(code, "hal.buffer.subspan", {ref(0), i64(0), i64(0)}, {kRef | 4});  // a view
  });
  expect_damage("a buffer view is missing",
                [](Schedule& s, Code& code) { s.buffer_of(code, 4, 1); });
  expect_damage("a command buffer is missing", [](Schedule& s, Code& code) { s.execute(code, 1); });
  expect_damage("a command buffer is missing",
                [](Schedule& s, Code& code) { s.dispatch(code, kNull, 0, {}, {}); });
  expect_damage("a buffer is missing",
                [](Schedule& s, Code& code) { s.fill(code, 2, 3, 0, 1, 0, 1); });
  expect_damage("a file is missing", [](Schedule& s, Code& code) {
    s.call(code, "hal.device.queue.read",
           {ref(kNull), i64(0), ref(kNull), ref(kNull), ref(1), i64(0), ref(1), i64(0), i64(1),
            i64(0)});
  });
  expect_damage("a function name is missing", [](Schedule& s, Code& code) {
    s.call(code, "hal.executable.lookup.function", {ref(kNull), ref(1)}, {4});
  });
}

TEST(RecorderDamage, ADispatchOfAnUnknownFunction) {
  expect_damage("a dispatch of an unknown function", [](Schedule& s, Code& code) {
    code.i64(0, 1);
    s.dispatch(code, 2, 0, {}, {});
  });
}

TEST(RecorderDamage, FillsWithAPatternOfOddSize) {
  for (const std::uint64_t length : {0, 3, 9, 16}) {
    expect_damage("a pattern of odd size",
                  [&](Schedule& s, Code& code) { s.fill(code, 2, 1, 0, 8, 0, length); });
  }
}

// An import whose convention promises fewer arguments than it has.
TEST(RecorderDamage, CallsWithoutArguments) {
  for (const auto& [name, convention] : test::conventions()) {
    if (name == "hal.teleport" || name == "hal.buffer.load") continue;  // see recorder_test.cc
    test::TestModule module;
    const auto import = module.import(name, "0v_r");
    module.functions = {{"net", "0v_r", Code().call(import, {}, {kRef | 0}).leave({kRef | 0})}};
    const auto trace = record(module.read(), "net", {});
    ASSERT_FALSE(trace.has_value()) << name;
    EXPECT_TRUE(trace.error().message.starts_with("test.vmfb: ")) << trace.error().message;
  }
}

// A loop must end before the host's memory does.
void expect_end(std::string_view words, const Writer& write) {
  expect_damage(words, [&](Schedule& s, Code& code) {
    const std::uint32_t again = code.block();
    write(s, code);
    code.op("br").u32(again).moves({});
  });
}

TEST(RecorderDamage, BuffersWithoutEnd) {
  expect_end("more than a gigabyte",
             [](Schedule& s, Code& code) { s.transient(code, 4, 1 << 26); });
  expect_end("more than a gigabyte",
             [](Schedule& s, Code& code) { s.transient(code, 4, UINT64_MAX); });
  expect_end("no end in sight", [](Schedule& s, Code& code) { s.transient(code, 4, 0); });
}

TEST(RecorderDamage, CommandsWithoutEnd) {
  expect_end("too many commands", [](Schedule& s, Code& code) {
    s.fill(code, 2, 1, 0, 1, 0, 1);
    s.execute(code, 2);
  });
  expect_end("no end in sight", [](Schedule& s, Code& code) { s.fill(code, 2, 1, 0, 1, 0, 1); });
}

}  // namespace
}  // namespace thimble::iree
