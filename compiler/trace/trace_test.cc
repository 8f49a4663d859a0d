// From events to slices, names and the file that viewers open.
#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "compiler/report/firmware_for_test.h"
#include "compiler/trace/chrome.h"
#include "compiler/trace/timeline.h"

namespace thimble::trace {
namespace {

constexpr std::uint32_t kEnd = 1000;  // of the trace, in cycles

// A task's configuration, a plan of two steps and a text, as they lie in firmware.
constexpr std::string_view kFirmware = R"(
typedef struct { const char* name; void (*entry)(void); } TaskConfig;
typedef struct { unsigned char kind[16]; const void* function; const void* rest[3]; } Step;
typedef struct { const Step* steps; unsigned count; } Plan;
void conv2d(void) {}
void work(void) {}
const TaskConfig reader = {"reader", work};
TaskConfig in_ram;
const Step steps[2] = {{{1}, (const void*)conv2d, {0}}, {{3}, 0, {0}}};
const Plan plan __asm__("_ZN7thimble5model3net5kPlanE") = {steps, 2};
const char text[] = "filter";
void _start(void) {}
)";

class TraceTest : public testing::Test {
 protected:
  void SetUp() override {
    firmware_.compile("firmware.c", kFirmware);
    firmware_.link();
    auto elf = ElfFile::open(firmware_.elf());
    ASSERT_TRUE(elf) << elf.error().message;
    elf_.emplace(*std::move(elf));
  }

  [[nodiscard]] std::uint32_t low(const char* symbol) const {
    const Symbol* const found = elf_->find_symbol(symbol);
    return found == nullptr ? 0 : found->address & 0xff'ffff;
  }
  [[nodiscard]] std::uint32_t plan() const { return low("_ZN7thimble5model3net5kPlanE"); }

  void add(std::uint32_t time, Kind kind, std::uint32_t argument = 0) {
    dump_.events.push_back({time, static_cast<std::uint32_t>(kind) << 24U | argument});
  }

  Timeline timeline(const StepNames& steps = {}) {
    return make_timeline(dump_, Names(*elf_, steps));
  }

  TestFirmware firmware_;
  std::optional<ElfFile> elf_;
  Dump dump_{.head = {0, 0, 0, 0, kEnd, 0}, .events = {}};
};

// "name kind track begin-end", of all slices; a ~ marks those that are not whole.
std::vector<std::string> told(const Timeline& timeline) {
  std::vector<std::string> lines;
  for (const Slice& slice : timeline.slices) {
    lines.push_back(fmt::format("{} {} {} {}-{}{}", slice.name, slice.kind,
                                timeline.tracks[slice.track], slice.begin, slice.end,
                                slice.whole ? "" : "~"));
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST_F(TraceTest, NamesAreFoundByTheLowBitsOfAddresses) {
  const StepNames none;
  const Names names(*elf_, none);
  EXPECT_EQ(names.task(low("reader")), "reader");
  EXPECT_EQ(names.task(0), "idle");
  EXPECT_EQ(names.task(low("in_ram")), "in_ram") << "what is made at run time has no name yet";
  EXPECT_EQ(names.model(plan()), "net");
  EXPECT_EQ(names.step(plan(), 0), "conv2d");
  EXPECT_EQ(names.step(plan(), 1), "copy");
  EXPECT_EQ(names.text(low("text")), "filter");
  EXPECT_EQ(names.text(0x345678), "345678") << "nothing lies there";
  EXPECT_EQ(Names::interrupt(7), "timer interrupt");
  const StepNames known{{"net", {"relu", "output"}}};
  EXPECT_EQ(Names(*elf_, known).step(plan(), 1), "output");
}

TEST_F(TraceTest, StepsFillTheirRun) {
  add(100, Kind::kRunBegin, plan());
  add(160, Kind::kStepEnd, 0);
  add(190, Kind::kStepEnd, 1);
  add(195, Kind::kRunEnd);
  EXPECT_EQ(told(timeline({{"net", {"relu", "output"}}})),
            (Lines{"relu step core 100-160", "output step core 160-190", "net run core 100-195"}));
}

TEST_F(TraceTest, TasksAndInterruptsHaveTracks) {
  add(100, Kind::kTask, low("reader"));
  add(110, Kind::kSpanBegin, low("text"));
  add(120, Kind::kInterruptBegin, 7);
  add(123, Kind::kMark, low("text"));
  add(125, Kind::kInterruptEnd, 7);
  add(130, Kind::kTask, 0);
  add(140, Kind::kTask, low("reader"));
  add(150, Kind::kSpanEnd, low("text"));
  const Timeline found = timeline();
  EXPECT_EQ(found.tracks, (Lines{"core", "interrupts", "reader"}));
  EXPECT_EQ(told(found), (Lines{"timer interrupt interrupt interrupts 120-125",
                                "reader running core 100-130", "idle running core 130-140",
                                "filter span reader 110-150", "reader running core 140-1000~"}));
  ASSERT_EQ(found.marks.size(), 1U);
  EXPECT_EQ(found.marks[0].track, kInterruptTrack);
}

TEST_F(TraceTest, NestedInterruptsNest) {
  add(10, Kind::kInterruptBegin, 11);
  add(20, Kind::kInterruptBegin, 7);
  add(30, Kind::kInterruptEnd, 7);
  add(40, Kind::kInterruptEnd, 11);
  EXPECT_EQ(told(timeline()), (Lines{"timer interrupt interrupt interrupts 20-30",
                                     "external interrupt interrupt interrupts 10-40"}));
}

TEST_F(TraceTest, WhatIsCutOffIsSaid) {
  dump_.head.lost = 7;
  add(100, Kind::kStepEnd, 3);  // of a run that began before
  add(110, Kind::kRunEnd);
  add(120, Kind::kSpanEnd, low("text"));
  add(130, Kind::kRunBegin, plan());
  add(140, Kind::kStepEnd, 0);
  EXPECT_EQ(told(timeline()), (Lines{"filter span core 100-120~", "conv2d step core 130-140",
                                     "net run core 130-1000~"}));
}

TEST_F(TraceTest, TheClocksHighHalfIsFollowed) {
  dump_.head.epoch = 5;
  dump_.head.end_high = 5;
  dump_.head.begin_high = 2;
  add(0xffff'fff0, Kind::kSpanBegin, low("text"));
  add(0x10, Kind::kEpoch, 3);
  add(0x10, Kind::kSpanEnd, low("text"));
  EXPECT_EQ(told(timeline()), (Lines{"filter span core 12884901872-21474836496"}));
  EXPECT_EQ(timeline().begin, std::uint64_t{2} << 32U);
}

TEST_F(TraceTest, DumpsAreChecked) {
  Bytes payload(sizeof(protocol::TraceAnswer) + 2 * sizeof(Event));
  payload[0] = 9;
  payload[sizeof(protocol::TraceAnswer)] = 42;
  const auto dump = parse_dump(payload);
  ASSERT_TRUE(dump) << dump.error().message;
  EXPECT_EQ(dump->head.lost, 9U);
  ASSERT_EQ(dump->events.size(), 2U);
  EXPECT_EQ(dump->events[0].time, 42U);
  payload.pop_back();
  EXPECT_FALSE(parse_dump(payload));
  EXPECT_FALSE(parse_dump({}));
}

TEST_F(TraceTest, TheFileIsWhatViewersWant) {
  add(100, Kind::kTask, low("reader"));
  add(100, Kind::kRunBegin, plan());
  add(150, Kind::kInterruptBegin, 7);
  add(155, Kind::kMark, low("text"));
  add(160, Kind::kInterruptEnd, 7);
  add(200, Kind::kStepEnd, 0);
  add(260, Kind::kStepEnd, 1);
  add(300, Kind::kRunEnd);
  dump_.head.begin_low = 50;
  const auto chrome = nlohmann::json::parse(to_chrome(timeline(), 1e6).dump());
  std::set<std::string> tracks;
  for (const auto& event : chrome["traceEvents"]) {
    EXPECT_EQ(event["pid"], 1);
    if (event["name"] == "thread_name") tracks.insert(event["args"]["name"]);
    if (event["ph"] == "X") EXPECT_EQ(event["dur"], event["args"]["cycles"]) << event;
    if (event["name"] == "net") EXPECT_EQ(event["ts"], 50.0) << event;
    if (event["ph"] == "i") EXPECT_EQ(event["ts"], 105.0) << event;
  }
  EXPECT_EQ(tracks, (std::set<std::string>{"core", "interrupts", "reader"}));
  const auto sums = summary(timeline());
  EXPECT_EQ(sums["tracks"][0]["cycles"], 900) << "the task ran to the end";
  EXPECT_EQ(sums["tracks"][1]["cycles"], 10);
  EXPECT_EQ(sums["tracks"][2]["cycles"], 200) << "steps are within their run";
  ASSERT_EQ(sums["runs"].size(), 1U);
  EXPECT_EQ(sums["runs"][0]["steps"][1]["cycles"], 60);
}

}  // namespace
}  // namespace thimble::trace
