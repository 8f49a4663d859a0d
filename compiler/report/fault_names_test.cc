#include "compiler/report/fault_names.h"

#include "compiler/report/firmware_for_test.h"

namespace thimble {
namespace {

// outer calls inner as its last instruction; addresses are fixed by the linker.
constexpr const char* kSource = R"(
    .option norvc
    .globl _start
    .type _start, @function
  _start:
    nop
    nop
    .size _start, . - _start
    .globl _ZN7thimble5outerEi
    .type _ZN7thimble5outerEi, @function
  _ZN7thimble5outerEi:
    nop
    jal _start
    .size _ZN7thimble5outerEi, . - _ZN7thimble5outerEi
    .globl next
    .type next, @function
  next:
    nop
    .size next, . - next
)";

class FaultNamesTest : public testing::Test {
 protected:
  void SetUp() override {
    firmware_.compile("a.S", kSource);
    firmware_.link({"-Ttext=0x80000000"});
    auto elf = ElfFile::open(firmware_.elf());
    ASSERT_TRUE(elf) << elf.error().message;
    elf_ = *std::move(elf);
  }
  [[nodiscard]] std::string name(std::string_view line) const {
    return with_function_names(*elf_, line);
  }

 private:
  TestFirmware firmware_;
  std::optional<ElfFile> elf_;
};

TEST_F(FaultNamesTest, PlaceOfTheFault) {
  EXPECT_EQ(name("FAULT: mcause 00000005 mepc 80000004 mtval 80000000 mstatus 00001800"),
            "FAULT: mcause 00000005 mepc 80000004 (_start+0x4) mtval 80000000 mstatus 00001800");
}

TEST_F(FaultNamesTest, AReturnAddressBelongsToTheCaller) {
  EXPECT_EQ(name("FAULT: ra 80000010 sp 80000000"),
            "FAULT: ra 80000010 (thimble::outer+0x8) sp 80000000");
  EXPECT_EQ(
      name("FAULT: backtrace 80000010 80000010 80000014"),
      "FAULT: backtrace 80000010 (next+0x0) 80000010 (thimble::outer+0x8) 80000014 (next+0x4)");
}

TEST_F(FaultNamesTest, WhereAnInterruptCame) {
  EXPECT_EQ(name("FAULT: in an interrupt, which came at 80000008"),
            "FAULT: in an interrupt, which came at 80000008 (thimble::outer+0x0)");
}

TEST_F(FaultNamesTest, WhatIsNoAddressStays) {
  for (const char* line : {"FAULT: mepc 00000000 mtval 80000004", "FAULT: end", "FAULT: at home",
                           "", "FAULT: a.cc:12: ra ra", "FAULT: backtrace ffffffff 90000000"})
    EXPECT_EQ(name(line), line);
}

}  // namespace
}  // namespace thimble
