// What a schedule does becomes a straight line; what cannot is refused in its own words.
#include "compiler/iree/recorder.h"

#include <gtest/gtest.h>

#include <functional>

#include "compiler/iree/test_schedule.h"

namespace thimble::iree {
namespace {

using test::Code;
using test::i32;
using test::i64;
using test::kRef;
using test::ref;
using test::Schedule;

constexpr std::uint16_t kNull = Schedule::kNull;

std::string show(const Range& range) {
  return fmt::format("{}[{}+{}]", range.buffer, range.offset, range.length);
}
std::string show(const Step& step) {
  std::string text = std::holds_alternative<FillStep>(step) ? "fill"
                     : std::holds_alternative<CopyStep>(step)
                         ? "copy"
                         : std::get<DispatchStep>(step).function;
  for (const Range& range : ranges(step)) text += " " + show(range);
  return text;
}
std::vector<std::string> show(const std::vector<Step>& steps) {
  std::vector<std::string> lines;
  lines.reserve(steps.size());
  for (const Step& step : steps) lines.push_back(show(step));
  return lines;
}

// A network whose entry does what `write` writes, with its input's buffer in reference register 1,
// and returns it.
Result<Trace> record_main(const std::function<void(Schedule&, Code&)>& write) {
  Schedule schedule;
  schedule.module.rodata = {test::text("f"), {1, 2, 3, 4, 5, 6, 7, 8}};
  Code code;
  schedule.buffer_of(code, 1, 0);
  write(schedule, code);
  schedule.add("net", "0r_r", code.leave({kRef | 0}));
  return record(schedule.module.read(), "net", {16});
}

// A network whose start-up does what `write` writes and whose entry does nothing.
Result<Trace> record_init(const std::function<void(Schedule&, Code&)>& write) {
  Schedule schedule;
  schedule.module.rodata = {test::text("f"), {1, 2, 3, 4, 5, 6, 7, 8}};
  Code code;
  write(schedule, code);
  schedule.add("__init", "0v_v", code.leave());
  schedule.add("net", "0r_r", Code().leave({kRef | 0}));
  return record(schedule.module.read(), "net", {16});
}

void expect_error(const Result<Trace>& trace, ExitCode code, std::string_view words) {
  ASSERT_FALSE(trace.has_value()) << words;
  EXPECT_EQ(trace.error().code, code) << trace.error().message;
  EXPECT_TRUE(trace.error().message.starts_with("test.vmfb: ")) << trace.error().message;
  EXPECT_NE(trace.error().message.find(words), std::string::npos) << trace.error().message;
}

TEST(Recorder, TracesANetworkOfTwoLayers) {
  const auto trace = record(test::two_layers().module.read(), "net", {16});
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  ASSERT_EQ(trace->buffers.size(), 5u);
  const std::vector<BufferKind> kinds{BufferKind::kConstant, BufferKind::kConstant,
                                      BufferKind::kInput, BufferKind::kWorking,
                                      BufferKind::kWorking};
  const std::vector<std::uint64_t> sizes{64, 32, 16, 128, 10};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    EXPECT_EQ(trace->buffers[i].kind, kinds[i]) << i;
    EXPECT_EQ(trace->buffers[i].size, sizes[i]) << i;
  }
  Bytes pattern;
  for (int i = 0; i < 32; ++i) pattern.insert(pattern.end(), {0x11, 0x22});
  EXPECT_EQ(trace->buffers[0].content, pattern);
  EXPECT_EQ(trace->buffers[1].content, Bytes(32, 5));
  EXPECT_EQ(trace->buffers[2].input, 0);
  EXPECT_EQ(show(trace->steps),
            (std::vector<std::string>{"net_dispatch_0 1[0+32] 2[0+16] 3[64+40]",
                                      "net_dispatch_1 3[64+40] 0[4+8] 4[0+10]"}));
  const auto& first = std::get<DispatchStep>(trace->steps[0]);
  EXPECT_EQ(first.workgroups, (std::array<std::uint32_t, 3>{2, 3, 4}));
  EXPECT_EQ(first.constants, (std::vector<std::uint32_t>{7, 8}));
  ASSERT_EQ(trace->outputs.size(), 1u);
  EXPECT_EQ(show(trace->outputs[0]), "4[0+10]");
}

TEST(Recorder, StartUpThatFillsAndCopiesBecomesAConstant) {
  const auto trace = record_init([](Schedule& schedule, Code& code) {
    schedule.allocate(code, 0, 8);
    schedule.allocate(code, 1, 12);
    schedule.commands(code, 2);
    schedule.fill(code, 2, 0, 0, 8, 0xaa, 1);
    schedule.fill(code, 2, 0, 2, 3, 0x332211, 4);  // the pattern is cut at the end
    schedule.copy(code, 2, 0, 1, 1, 4, 5);
    schedule.copy(code, 2, 1, 4, 1, 5, 4);  // onto itself
    schedule.execute(code, 2);
  });
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  EXPECT_TRUE(trace->steps.empty());
  EXPECT_EQ(trace->buffers[0].content, (Bytes{0xaa, 0xaa, 0x11, 0x22, 0x33, 0xaa, 0xaa, 0xaa}));
  EXPECT_EQ(trace->buffers[1].content, (Bytes{0, 0, 0, 0, 0xaa, 0xaa, 0x11, 0x22, 0x33, 0, 0, 0}));
}

TEST(Recorder, ADispatchAtStartUpStaysAStepWithAllItNeeds) {
  const auto trace = record_init([](Schedule& schedule, Code& code) {
    for (std::uint16_t buffer = 0; buffer < 4; ++buffer) schedule.allocate(code, buffer, 8);
    schedule.commands(code, 4);
    schedule.look_up(code, 0, 0);
    schedule.fill(code, 4, 0, 0, 8, 1, 1);  // copied to what a dispatch touches, then changed
    schedule.copy(code, 4, 0, 0, 1, 0, 8);
    schedule.fill(code, 4, 0, 0, 8, 2, 1);
    schedule.fill(code, 4, 3, 0, 8, 3, 1);  // nobody's business
    schedule.dispatch(code, 4, 0, {}, {{0, 1, 0, 8}, {0, 2, 0, 8}});
    schedule.execute(code, 4);
  });
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  EXPECT_EQ(show(trace->steps), (std::vector<std::string>{"fill 0[0+8]", "copy 1[0+8] 0[0+8]",
                                                          "fill 0[0+8]", "f 1[0+8] 2[0+8]"}));
  EXPECT_EQ(trace->buffers[0].kind, BufferKind::kWorking);
  EXPECT_EQ(trace->buffers[2].kind, BufferKind::kWorking);
  EXPECT_EQ(trace->buffers[3].kind, BufferKind::kConstant);
  EXPECT_EQ(trace->buffers[3].content, Bytes(8, 3));
}

TEST(Recorder, QueueOperationsAreSteps) {
  const auto trace = record_main([](Schedule& schedule, Code& code) {
    schedule.transient(code, 2, 32);
    code.rodata(3, 1);
    schedule.call(code, "hal.device.queue.fill",
                  {ref(kNull), i64(0), ref(kNull), ref(kNull), ref(2), i64(4), i64(8), i64(0xabcd),
                   i32(2), i64(0)});
    schedule.call(code, "hal.device.queue.copy",
                  {ref(kNull), i64(0), ref(kNull), ref(kNull), ref(1), i64(3), ref(2), i64(20),
                   i64(5), i64(0)});
    schedule.call(code, "hal.device.queue.update",
                  {ref(kNull), i64(0), ref(kNull), ref(kNull), ref(3), i64(2), ref(2), i64(1),
                   i64(3), i64(0)});
    schedule.call(code, "hal.ex.file.from_memory",
                  {ref(kNull), i64(0), i32(1), ref(3), i64(1), i64(7), i32(0)}, {kRef | 4});
    schedule.call(code, "hal.device.queue.read",
                  {ref(kNull), i64(0), ref(kNull), ref(kNull), ref(4), i64(2), ref(2), i64(30),
                   i64(2), i64(0)});
    schedule.commands(code, 5);
    schedule.call(code, "hal.command_buffer.update_buffer",
                  {ref(5), ref(3), i64(6), ref(2), i64(9), i64(2), i32(0), i64(0)});
    schedule.execute(code, 5);
  });
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  EXPECT_EQ(show(trace->steps),
            (std::vector<std::string>{"fill 1[4+8]", "copy 1[20+5] 0[3+5]", "copy 1[1+3] 2[0+3]",
                                      "copy 1[30+2] 3[2+2]", "copy 1[9+2] 4[0+2]"}));
  EXPECT_EQ(std::get<FillStep>(trace->steps[0]).pattern, 0xabcdu);
  EXPECT_EQ(std::get<FillStep>(trace->steps[0]).pattern_length, 2u);
  EXPECT_EQ(trace->buffers[2].content, (Bytes{3, 4, 5}));
  EXPECT_EQ(trace->buffers[3].content, (Bytes{2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(trace->buffers[4].content, (Bytes{7, 8}));
}

TEST(Recorder, RangesOfRangesAddUp) {
  const auto trace = record_main([](Schedule& schedule, Code& code) {
    schedule.call(code, "hal.buffer.subspan", {ref(1), i64(4), i64(10)}, {kRef | 2});
    schedule.call(code, "hal.buffer.length", {ref(2)}, {40});
    schedule.look_up(code, 0, 0);
    schedule.commands(code, 3);
    schedule.dispatch(code, 3, 0, {}, {{0, 2, 3, 7}, {0, kNull, 1, 2}});
    schedule.execute(code, 3, {{2, 5, 5}});
    schedule.view(code, 0, 2, 2, 6);
  });
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  EXPECT_EQ(show(trace->steps), (std::vector<std::string>{"f 0[7+7] 0[10+2]"}));
  EXPECT_EQ(show(trace->outputs[0]), "0[6+6]");
}

TEST(Recorder, ACommandBufferIsRecordedOnceAndExecutedAsOftenAsAsked) {
  const auto trace = record_main([](Schedule& schedule, Code& code) {
    schedule.commands(code, 2);
    schedule.fill(code, 2, kNull, 0, 4, 0, 1, 1);
    schedule.execute(code, 2, {{1, 0, 4}, {1, 4, 4}});
    schedule.execute(code, 2, {{1, 0, 4}, {1, 8, 4}});
  });
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  EXPECT_EQ(show(trace->steps), (std::vector<std::string>{"fill 0[4+4]", "fill 0[8+4]"}));
}

TEST(Recorder, WhatDependsOnDataIsRefusedInItsOwnWords) {
  expect_error(record_main([](Schedule& schedule, Code& code) {
                 schedule.call(code, "hal.buffer.load", {ref(1), i64(0), i32(4)}, {0});
               }),
               ExitCode::kBadModel, "control flow that depends on data ('hal.buffer.load')");
}

TEST(Recorder, AnUnknownImportIsRefusedByName) {
  expect_error(record_main([](Schedule& schedule, Code& code) {
                 schedule.call(code, "hal.teleport", {ref(1)});
               }),
               ExitCode::kBadModel, "calls 'hal.teleport', which is not implemented");
}

TEST(Recorder, AResultMustBeATensor) {
  expect_error(record_main([](Schedule&, Code& code) { code.op("assign.ref", {1, 0}); }),
               ExitCode::kBadModel, "'net' returns something that is no tensor");
}

TEST(Recorder, AnEntryThatIsNotThere) {
  expect_error(record(test::two_layers().module.read(), "other", {16}), ExitCode::kToolFailed,
               "no function 'other'");
}

}  // namespace
}  // namespace thimble::iree
