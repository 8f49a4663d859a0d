// Rows of a profile: they add up, and say who computes what, and why.
#include "compiler/profile/profile.h"

#include <gtest/gtest.h>

#include "compiler/profile/network_for_test.h"

namespace thimble::profile {
namespace {

class ProfileTest : public testing::Test {
 protected:
  [[nodiscard]] Result<std::vector<Row>> rows(std::uint64_t total = 1000,
                                              bool offloading = true) const {
    Footprint held;
    held.steps.resize(network_.plan.steps.size(), {10, 100});
    held.microkernels = {{"conv2d", 800}};
    held.plan = {3, 5};
    return make_rows({model_, network_, offloading, held, steps_, total});
  }

  tflite::Model model_ = test::model();
  Network network_ = test::network();
  std::vector<std::uint32_t> steps_{1, 2, 300, 40, 50, 6};
};

TEST_F(ProfileTest, RowsAddUpToTheWhole) {
  const auto made = rows();
  ASSERT_TRUE(made.has_value()) << made.error().message;
  Row sum;
  for (const Row& row : *made) {
    sum.instructions += row.instructions;
    sum.code += row.code;
    sum.constants += row.constants;
    sum.macs += row.macs;
  }
  EXPECT_EQ(sum.instructions, 1000u);
  EXPECT_EQ(sum.code, 6u * 10 + 800 + 3);
  EXPECT_EQ(sum.constants, 6u * 100 + 5);
  EXPECT_EQ(sum.macs, tflite::macs(model_));
  EXPECT_GT(sum.macs, 0);
}

TEST_F(ProfileTest, ARowForEachOperatorWithStepsAndForWhatIsShared) {
  const std::vector<Row> made = rows().value();
  ASSERT_EQ(made.size(), 5u);
  EXPECT_EQ(made[0].operation, "CONV_2D");
  EXPECT_EQ(made[0].name, "net/conv;net/bias");
  EXPECT_EQ(made[0].shape, (std::vector<int>{1, 4, 4, 3}));
  EXPECT_EQ(made[0].instructions, 303u);
  EXPECT_TRUE(made[0].offloaded);
  EXPECT_EQ(made[0].reason, "");
  EXPECT_EQ(made[0].dead_channels, 1);
  EXPECT_EQ(made[1].operation, "ADD");
  EXPECT_EQ(made[1].fused, std::vector<std::string>{"RESHAPE"});
  EXPECT_EQ(made[1].instructions, 96u);
  EXPECT_FALSE(made[1].offloaded);
  EXPECT_EQ(made[2].operation, "runtime");
  EXPECT_EQ(made[2].instructions, 1000u - 399);
  EXPECT_EQ(made[3].operation, "microkernel");
  EXPECT_EQ(made[4].operation, "plan");
}

TEST_F(ProfileTest, SaysWhyALayerIsNotOffloaded) {
  EXPECT_EQ(rows().value()[1].reason, "no microkernel for this operator");
  network_.refusals = {{"t3", "tosa.add", "scales too far apart"},
                       {"t2", "tosa.conv2d", "of no row"}};
  EXPECT_EQ(rows().value()[1].reason, "scales too far apart");
  EXPECT_EQ(rows(1000, false).value()[1].reason, "--offload none");
  network_.names["net_dispatch_0"] = {"t2"};
  EXPECT_EQ(rows().value()[0].reason, "in part: of no row");
  EXPECT_FALSE(rows().value()[0].offloaded);
}

TEST_F(ProfileTest, CountsThatCannotBeAreErrors) {
  const auto too_much = rows(398);
  ASSERT_FALSE(too_much.has_value());
  EXPECT_EQ(too_much.error().code, ExitCode::kToolFailed);
  steps_.pop_back();
  EXPECT_FALSE(rows().has_value());
}

TEST_F(ProfileTest, JsonHasTheKeysOfTheContract) {
  const auto json = to_json(rows().value());
  for (const auto& layer : json) {
    for (const char* key : {"name", "op", "shape", "macs", "instructions", "code", "constants",
                            "offloaded", "reason"})
      EXPECT_TRUE(layer.contains(key)) << layer.dump();
  }
  EXPECT_EQ(json[0]["forms"]["one-sided"], 2);
  EXPECT_EQ(json[1]["fused"][0], "RESHAPE");
  EXPECT_FALSE(json[1].contains("forms"));
}

TEST_F(ProfileTest, TableAndExplanation) {
  const std::string table = to_table(rows().value());
  EXPECT_NE(table.find("net/conv "), std::string::npos) << table;
  EXPECT_NE(table.find("3.16"), std::string::npos) << "303 instructions for 96 MACs:\n" << table;
  const std::string text = explain(rows().value());
  for (const char* told : {"microkernel thimble_conv2d", "2 one-sided (67 %), 1 reference (33 %)",
                           "dead channels: 1", "IREE: no microkernel for this operator",
                           "with it: RESHAPE", "1 of 2 layers by microkernels, 96 of 96 MACs"})
    EXPECT_NE(text.find(told), std::string::npos) << told << " in:\n" << text;
}

}  // namespace
}  // namespace thimble::profile
