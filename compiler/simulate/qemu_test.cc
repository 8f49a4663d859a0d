// QEMU under control, with firmware of a few instructions: what it says, how it ends, that it ends.
#include "compiler/simulate/qemu.h"

#include <chrono>

#include "compiler/report/firmware_for_test.h"

namespace thimble {
namespace {

// Says `text` on the UART of QEMU's virt machine, then does what follows.
std::string program(std::string_view text, std::string_view then) {
  return fmt::format(R"(
      .globl _start
      .type _start, @function
    _start:
      lui t0, 0x10000
      la t1, text
    1: lbu t2, 0(t1)
      beqz t2, 2f
      sb t2, 0(t0)
      addi t1, t1, 1
      j 1b
    2: lui t3, 0x100
      {}
      .section .rodata
    text: .asciz "{}"
  )",
                     then, text);
}

constexpr auto kPass = "li t4, 0x5555; sw t4, 0(t3); j .";
constexpr auto kFail = "li t4, 0x73333; sw t4, 0(t3); j .";
constexpr auto kHang = "j .";

class QemuTest : public testing::TestWithParam<const char*> {
 protected:
  Result<Qemu> start(std::string_view text, std::string_view then) {
    const auto board = find_board(GetParam());
    if (!board) return std::unexpected(board.error());
    const Region* code = &board->regions[0];
    for (const Region& region : board->regions) {
      if (board->layout == Layout::kXip && region.kind == RegionKind::kFlash) code = &region;
    }
    firmware_.compile("a.S", program(text, then));
    firmware_.link({fmt::format("-Ttext={:#x}", code->origin),
                    fmt::format("--image-base={:#x}", code->origin), "--no-rosegment", "-N"});
    return Qemu::start(*board, firmware_.elf());
  }
  TestFirmware firmware_;
};

TEST_P(QemuTest, SaysAndEnds) {
  auto qemu = start("hello\\n", kPass);
  ASSERT_TRUE(qemu) << qemu.error().message;
  const auto said = qemu->run_to_end();
  ASSERT_TRUE(said) << said.error().message;
  EXPECT_EQ(*said, "hello\n");
}

TEST_P(QemuTest, FailureIsToldWithItsLastWords) {
  auto qemu = start("last words\\n", kFail);
  ASSERT_TRUE(qemu) << qemu.error().message;
  const auto said = qemu->run_to_end();
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().code, ExitCode::kToolFailed);
  EXPECT_EQ(said.error().message, "the target ended with exit code 7; its last words: last words");
}

TEST_P(QemuTest, FaultsAreQuoted) {
  auto qemu = start("noise\\nFAULT: bad load\\n", kFail);
  ASSERT_TRUE(qemu) << qemu.error().message;
  const auto info = qemu->session().info();
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().message, "the target faulted: FAULT: bad load");
}

TEST_P(QemuTest, FaultsNameFunctions) {
  const bool in_flash = std::string_view(GetParam()) == "qemu-virt-xip";
  const char* const start_address = in_flash ? "20000000" : "80000000";
  auto qemu = start(fmt::format("FAULT: mepc {}\\n", start_address), kFail);
  ASSERT_TRUE(qemu) << qemu.error().message;
  const auto ended = qemu->run_to_end();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().message,
            fmt::format("the target faulted: FAULT: mepc {} (_start+0x0)", start_address));
}

TEST_P(QemuTest, AHangEnds) {
  auto qemu = start("on my way\\n", kHang);
  ASSERT_TRUE(qemu) << qemu.error().message;
  qemu->session().set_timeout(2);
  const auto before = std::chrono::steady_clock::now();
  const auto said = qemu->run_to_end();
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().message, "the target was silent for 2 s; its last words: on my way");
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20));
}

INSTANTIATE_TEST_SUITE_P(Boards, QemuTest, testing::Values("qemu-virt", "qemu-virt-xip"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(QemuStart, NeedsASimulator) {
  Board board;
  board.name = "bare";
  const auto qemu = Qemu::start(board, "firmware.elf");
  ASSERT_FALSE(qemu);
  EXPECT_EQ(qemu.error().code, ExitCode::kUsage);
}

}  // namespace
}  // namespace thimble
