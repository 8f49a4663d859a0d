// Names of instruction sets, for each tool.
#include "compiler/isa/isa.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

TEST(Isa, NamesForEveryTool) {
  const auto plain = Isa::parse("rv32imac");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->features(), "+m,+a,+c");
  EXPECT_EQ(plain->abi(), "ilp32");
  EXPECT_EQ(plain->multilib(), "rv32imac");
  const auto hard = Isa::parse("rv32imafdc");
  ASSERT_TRUE(hard.has_value());
  EXPECT_EQ(hard->abi(), "ilp32d");
  const auto vector = Isa::parse("rv32imacv");
  ASSERT_TRUE(vector.has_value());
  EXPECT_EQ(vector->features(), "+m,+a,+c,+zve32x,+zvl128b");
  EXPECT_EQ(vector->abi(), "ilp32");
  EXPECT_EQ(vector->multilib(), "rv32imac");
  EXPECT_EQ(Isa::parse("rv32imafdcv")->features(), "+m,+a,+f,+d,+c,+v,+zvl128b");
  EXPECT_EQ(Isa::parse("rv32imc")->multilib(), "rv32im");
}

TEST(Isa, RefusesWhatItDoesNotKnow) {
  for (const char* name :
       {"", "rv64imac", "rv32", "rv32ic", "rv32imca", "rv32imx", "rv32imdc", "rv32imacc"}) {
    const auto isa = Isa::parse(name);
    ASSERT_FALSE(isa.has_value()) << name;
    EXPECT_EQ(isa.error().code, ExitCode::kUsage);
  }
}

}  // namespace
}  // namespace thimble
