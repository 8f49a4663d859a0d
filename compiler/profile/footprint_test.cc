// Every byte of the model's share is somebody's, once.
#include "compiler/profile/footprint.h"

#include <gtest/gtest.h>

#include "compiler/profile/network_for_test.h"

namespace thimble::profile {
namespace {

class FootprintTest : public testing::Test {
 protected:
  void add(const char* name, Part part, MemoryKind kind, std::uint32_t size,
           const char* object = "") {
    breakdown_.holdings.push_back({name, object, part, kind, next_, size});
    next_ += size;
  }
  [[nodiscard]] Footprint taken() const { return footprint(plan_, breakdown_, functions_); }

  plan::Plan plan_ = test::network().plan;
  Breakdown breakdown_;
  std::vector<Function> functions_;
  std::uint32_t next_ = 0x1000;
};

TEST_F(FootprintTest, CodeBelongsToTheStepThatCallsItOrToNone) {
  add("net_dispatch_0", Part::kGeneratedCode, MemoryKind::kText, 500);
  add("net_dispatch_1", Part::kGeneratedCode, MemoryKind::kText, 70);
  add("fma", Part::kGeneratedCode, MemoryKind::kText, 9);
  add("__muldf3", Part::kModelSupport, MemoryKind::kText, 31);
  add("thimble_conv2d", Part::kMicrokernels, MemoryKind::kText, 800,
      "/x/microkernels/rv32im/conv2d.cc.o");
  add("table", Part::kMicrokernels, MemoryKind::kRodata, 8, "/x/microkernels/rv32im/conv2d.cc.o");
  add("kernel", Part::kKernel, MemoryKind::kText, 4000);
  const Footprint found = taken();
  EXPECT_EQ(found.steps[3].code, 500u);
  EXPECT_EQ(found.steps[4].code, 70u);
  EXPECT_EQ(found.support, 40u);
  EXPECT_EQ(found.microkernels, (std::map<std::string, std::uint64_t>{{"conv2d", 808}}));
}

TEST_F(FootprintTest, TablesOfThePlanBelongToTheirStep) {
  const std::string in = "thimble::model::net::(anonymous namespace)::";
  add((in + "kSteps").c_str(), Part::kPlan, MemoryKind::kRodata, 6 * 32);
  add((in + "kBindings3").c_str(), Part::kPlan, MemoryKind::kRodata, 12);
  add((in + "kDetail3").c_str(), Part::kPlan, MemoryKind::kRodata, 5);
  add((in + "kLengths77").c_str(), Part::kPlan, MemoryKind::kRodata, 7);
  add("kModel", Part::kPlan, MemoryKind::kRodata, 3);
  add("arena", Part::kPlan, MemoryKind::kBss, 1000);
  const Footprint found = taken();
  EXPECT_EQ(found.steps[3].code, 32u + 17);
  EXPECT_EQ(found.steps[5].code, 32u);
  EXPECT_EQ(found.plan.code, 10u) << "no bytes of RAM";
}

TEST_F(FootprintTest, ConstantsBelongToTheirFirstUser) {
  add("net_constants", Part::kWeights, MemoryKind::kRodata, 50);
  const Footprint found = taken();
  EXPECT_EQ(found.steps[3].constants, 16u);
  EXPECT_EQ(found.steps[4].constants, 8u) << "what step 3 has not";
  EXPECT_EQ(found.steps[2].constants, 18u) << "a layer's constants reach to the next one's";
  EXPECT_EQ(found.plan.constants, 8u) << "nobody's";
}

TEST_F(FootprintTest, ConstantsBesideFunctionsBelongToWhoRefersToThem) {
  add("__constant_0", Part::kWeights, MemoryKind::kRodata, 64);
  add("__constant_1", Part::kWeights, MemoryKind::kRodata, 32);
  functions_ = {{"net_dispatch_1", 0, 70, 0, true, {}, {0x1000 + 63}},
                {"other", 0, 70, 0, true, {}, {0x1040}}};
  const Footprint found = taken();
  EXPECT_EQ(found.steps[4].constants, 64u);
  EXPECT_EQ(found.plan.constants, 32u);
}

}  // namespace
}  // namespace thimble::profile
