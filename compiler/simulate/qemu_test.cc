// QEMU under control, with firmware of a few instructions: what it says, how it ends, that it ends.
#include "compiler/simulate/qemu.h"

#include <chrono>

#include "compiler/report/firmware_for_test.h"

namespace thimble {
namespace {

// How a program of a few instructions says something and ends on a board.
struct Machine {
  const char* board;
  const char* uart;   // upper 20 bits of the address of its first register
  const char* store;  // of a byte in t2, to the UART at t0
  const char* pass;
  const char* fail;  // with exit code 7
};

constexpr auto kFinisherPass = "lui t3, 0x100; li t4, 0x5555; sw t4, 0(t3); j .";
constexpr auto kFinisherFail = "lui t3, 0x100; li t4, 0x73333; sw t4, 0(t3); j .";
constexpr auto kSemihosting = R"(
    la a1, block
    li a0, 0x20
    .balign 16
    .option norvc
    slli zero, zero, 0x1f
    ebreak
    srai zero, zero, 7
    j .
    .section .rodata.block
    .balign 4
  block: .word 0x20026, )";
const std::string kSemihostingPass = std::string(kSemihosting) + "0";
const std::string kSemihostingFail = std::string(kSemihosting) + "7";

const Machine kMachines[] = {
    {"qemu-virt", "0x10000", "sb t2, 0(t0)", kFinisherPass, kFinisherFail},
    {"qemu-virt-xip", "0x10000", "sb t2, 0(t0)", kFinisherPass, kFinisherFail},
    {"sifive-e", "0x10013", "sw t2, 0(t0)", kSemihostingPass.c_str(), kSemihostingFail.c_str()}};

// Says `text`, then does what follows.
std::string program(const Machine& machine, std::string_view text, std::string_view then) {
  return fmt::format(R"(
      .globl _start
      .type _start, @function
    _start:
      lui t0, {}
      la t1, text
    1: lbu t2, 0(t1)
      beqz t2, 2f
      {}
      addi t1, t1, 1
      j 1b
    2: {}
      .section .rodata
    text: .asciz "{}"
  )",
                     machine.uart, machine.store, then, text);
}

constexpr auto kHang = "j .";

class QemuTest : public testing::TestWithParam<Machine> {
 protected:
  Result<Qemu> start(std::string_view text, std::string_view then) {
    const auto board = find_board(GetParam().board);
    if (!board) return std::unexpected(board.error());
    const Region* code = &board->regions[0];
    for (const Region& region : board->regions) {
      if (board->layout == Layout::kXip && region.kind == RegionKind::kFlash) code = &region;
    }
    firmware_.compile("a.S", program(GetParam(), text, then));
    firmware_.link({fmt::format("-Ttext={:#x}", code->origin),
                    fmt::format("--image-base={:#x}", code->origin), "--no-rosegment", "-N"});
    return Qemu::start(*board, firmware_.elf());
  }
  TestFirmware firmware_;
};

TEST_P(QemuTest, SaysAndEnds) {
  auto qemu = start("hello\\n", GetParam().pass);
  ASSERT_TRUE(qemu) << qemu.error().message;
  const auto said = qemu->run_to_end();
  ASSERT_TRUE(said) << said.error().message;
  EXPECT_EQ(*said, "hello\n");
}

TEST_P(QemuTest, FailureIsToldWithItsLastWords) {
  auto qemu = start("last words\\n", GetParam().fail);
  ASSERT_TRUE(qemu) << qemu.error().message;
  const auto said = qemu->run_to_end();
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().code, ExitCode::kToolFailed);
  EXPECT_EQ(said.error().message, "the target ended with exit code 7; its last words: last words");
}

TEST_P(QemuTest, FaultsAreQuoted) {
  auto qemu = start("noise\\nFAULT: bad load\\n", GetParam().fail);
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

INSTANTIATE_TEST_SUITE_P(Boards, QemuTest, testing::ValuesIn(kMachines), [](const auto& info) {
  std::string name = info.param.board;
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
