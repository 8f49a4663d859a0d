// In which order stages are called: of a chain whose middle stage waits for a row below its own.
#include "compiler/plan/calls.h"

#include <gtest/gtest.h>

#include <string>

namespace thimble::plan {
namespace {

constexpr int kRows = 8;
constexpr std::int64_t kRowBytes = 4;

Stage stage(std::size_t input, std::size_t output, const offload::RowReads& reads) {
  static const offload::Layer layer;
  Stage result;
  result.layer = &layer;
  result.rows = kRows;
  result.inputs = {{input, reads, 0, kRows * kRowBytes, 0}};
  result.output = output;
  result.output_bytes = kRows * kRowBytes;
  return result;
}

// A tensor that is there, then three stages, each of which makes the next tensor.
Parts parts() {
  const offload::RowReads same{0, kRowBytes, kRowBytes};
  const offload::RowReads with_neighbours{-kRowBytes, kRowBytes, 3 * kRowBytes};
  Parts parts;
  parts.stages = {stage(0, 1, same), stage(1, 2, with_neighbours), stage(2, 3, same)};
  parts.roles.resize(4);
  for (int i = 0; i < 3; ++i) {
    const auto number = static_cast<std::size_t>(i);
    parts.roles[number].readers = {{number, 0}};
    parts.roles[number].ends = true;
    parts.roles[number + 1].writer = i;
    parts.roles[number + 1].begins = true;
  }
  for (int i = 0; i < 4; ++i)
    parts.operands.push_back({i, kRows * kRowBytes, i == 1 || i == 2, kRowBytes, 0, {}});
  return parts;
}

// "a2 b1 ": stage 0 is called for two rows, then stage 1 for one; a turn begins with "|".
std::string text(const std::optional<std::vector<Call>>& calls) {
  if (!calls) return "none";
  std::string result;
  for (const Call& call : *calls) {
    result += call.begins_turn ? "|" : "";
    result += fmt::format("{}{} ", static_cast<char>('a' + call.stage), call.rows);
  }
  return result;
}

TEST(Calls, StagesRunWhenTheirRowsAreWaitedFor) {
  EXPECT_EQ(text(find_calls(parts(), {0, 2, {1, 1, 1}, {0, 0, 0}})),
            "a1 a1 b1 c1 a1 b1 c1 a1 b1 c1 a1 b1 c1 a1 b1 c1 a1 b1 c1 a1 b1 c1 b1 c1 ");
}

TEST(Calls, StagesThatAdvanceTogetherComputeWhatTheyHaveRowsFor) {
  EXPECT_EQ(text(find_calls(parts(), {0, 2, {}, {}, 0, {3, 2}})),
            "|a3 b2 c2 |a2 b2 c2 |a2 b2 c2 |a1 b2 c2 ");
}

TEST(Calls, ATurnWithoutTheFirstStageBeginsWithTheNext) {
  Parts slow = parts();
  slow.stages[1].inputs[0].reads.bytes = 4 * kRowBytes;  // two rows below its own
  EXPECT_EQ(text(find_calls(std::move(slow), {0, 2, {}, {}, 0, {2, 4}})),
            "|a2 |a4 b4 c4 |a2 b4 c4 ");
}

TEST(Calls, TheCallerFeedsWhatTheFirstStageNeeds) {
  Parts fed = parts();
  Stage caller;
  caller.rows = kRows;
  caller.output = 0;
  caller.output_bytes = kRows * kRowBytes;
  fed.stages.insert(fed.stages.begin(), caller);
  for (Role& role : fed.roles) {
    if (role.writer >= 0) ++role.writer;
    for (Reader& reader : role.readers) ++reader.stage;
  }
  fed.roles[0].writer = 0;
  fed.is_fed = true;
  EXPECT_EQ(text(find_calls(std::move(fed), {0, 2, {}, {}, 0, {4, 4}})),
            "a1 a1 a1 a1 |b4 c3 d3 a1 a1 a1 a1 |b4 c5 d5 ");
}

TEST(Calls, RowsThatNeverComeAreNoChain) {
  Parts cut = parts();
  cut.stages[0].rows = kRows / 2;
  cut.stages[0].output_bytes /= 2;
  EXPECT_EQ(text(find_calls(cut, {0, 2, {}, {}, 0, {2, 2}})), "none");
  EXPECT_EQ(text(find_calls(cut, {0, 2, {1, 1, 1}, {0, 0, 0}})), "none");
}

}  // namespace
}  // namespace thimble::plan
