// Which operator answers for which step.
#include "compiler/profile/ownership.h"

#include <gtest/gtest.h>

#include "compiler/profile/network_for_test.h"

namespace thimble::profile {
namespace {

TEST(Ownership, StepsBelongToTheLastOperatorTheyHelpAndMovesToTheirReader) {
  const Ownership owners = ownership(test::model(), test::network());
  EXPECT_EQ(owners.of_steps, (std::vector<int>{0, 0, 0, 1, 1, 1}));
}

TEST(Ownership, OperatorsWithoutStepsGoWithWhatReadsThemElseWithWhatTheyRead) {
  Network network = test::network();
  EXPECT_EQ(ownership(test::model(), network).of_operators, (std::vector<int>{0, 1, 1}));
  network.plan.layers[0].layer.tensor = "t3";  // a microkernel that computes both
  EXPECT_EQ(ownership(test::model(), network).of_operators, (std::vector<int>{1, 1, 1}));
}

TEST(Ownership, NamesOfNoTensorOwnNothing) {
  Network network = test::network();
  network.names = {{"net_dispatch_0", {"t", "t3x", "t99", "t-1", ""}}, {"net_dispatch_1", {"t3"}}};
  const Ownership owners = ownership(test::model(), network);
  EXPECT_EQ(owners.of_steps, (std::vector<int>{0, 0, 0, 1, 1, 1}));
}

TEST(Ownership, APlanWithoutSteps) {
  Network network;
  const Ownership owners = ownership(test::model(), network);
  EXPECT_TRUE(owners.of_steps.empty());
  EXPECT_EQ(owners.of_operators.size(), 3u);
}

}  // namespace
}  // namespace thimble::profile
