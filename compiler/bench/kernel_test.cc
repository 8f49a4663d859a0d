#include "compiler/bench/kernel.h"

#include <gtest/gtest.h>

#include "compiler/base/process.h"

namespace thimble::bench {
namespace {

constexpr const char* kSaid =
    "LAST nothing\nyield 57 57\ngive_take 117 118\nirq_task 161 161\nqueue_send_wake 139 139\n"
    "mutex_lock 14 14\nmutex_unlock 19 19\nqueue_send 34 34\nqueue_receive 33 33\ntimer 146 146\n"
    "tick 0 0\ntcb 56\nsemaphore 8\nmutex 12\nworkload cooperative 295\nworkload preemptive 905\n"
    "workload interrupt 92\nworkload interrupt_preemption 291\nworkload message 104\n"
    "workload synchronisation 30\nworkload memory 37\nBENCHMARK DONE\n";

TEST(KernelFiguresTest, AreTheMostOfWhatWasSaid) {
  const auto figures = kernel_figures(kSaid, 5200);
  ASSERT_TRUE(figures) << figures.error().message;
  EXPECT_EQ(figures->at("yield"), 57);
  EXPECT_EQ(figures->at("give_take"), 118);
  EXPECT_EQ(figures->at("least").dump(), R"({"give_take":117})");
  EXPECT_EQ(figures->at("text"), 5200);
  EXPECT_EQ(figures->at("tick"), 0);
  EXPECT_EQ(figures->at("mutex"), 12);
  EXPECT_EQ(figures->at("thread_metric").at("memory"), 37);
}

TEST(KernelFiguresTest, NoneMayBeMissing) {
  std::string said = kSaid;
  said.erase(said.find("mutex 12"), 9);
  const auto figures = kernel_figures(said, 5200);
  ASSERT_FALSE(figures);
  EXPECT_EQ(figures.error().code, ExitCode::kToolFailed);
  EXPECT_NE(figures.error().message.find("mutex"), std::string::npos);
  said = kSaid;
  said.erase(said.find("workload message"));
  EXPECT_FALSE(kernel_figures(said, 5200));
}

TEST(KernelTableTest, OthersStandBeside) {
  const auto figures = kernel_figures(kSaid, 5200);
  ASSERT_TRUE(figures);
  const std::string table =
      kernel_table({{"lean", *figures}}, {{"Other", "counted", {{"yield", 1420}}}});
  EXPECT_NE(table.find("yield, one way" + std::string(51, ' ') + "57            1,420\n"),
            std::string::npos)
      << table;
  EXPECT_NE(table.find("5,200                –\n"), std::string::npos) << table;
  EXPECT_NE(table.find("lean: give_take took 117 at least, 118 at most"), std::string::npos);
}

TEST(KernelAnchorsTest, CommittedFileKnowsOthers) {
  const auto anchors = read_kernel_anchors(source_root() / "benchmarks" / "anchors.json");
  ASSERT_TRUE(anchors) << anchors.error().message;
  ASSERT_EQ(anchors->size(), 4U);
  for (const KernelAnchor& anchor : *anchors) {
    EXPECT_FALSE(anchor.source.empty());
    EXPECT_GT(anchor.figures.at("yield"), 0U);
    EXPECT_GT(anchor.figures.at("text"), 0U);
  }
}

}  // namespace
}  // namespace thimble::bench
