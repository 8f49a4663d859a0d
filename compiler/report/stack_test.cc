// Stack needs, against the compiler's own figures (-fstack-usage) and hand-counted assembly.
#include "compiler/report/stack.h"

#include <fstream>
#include <map>
#include <sstream>

#include "compiler/report/code.h"
#include "compiler/report/firmware_for_test.h"

namespace thimble {
namespace {

class StackTest : public testing::Test {
 protected:
  StackNeed need(std::string_view entry, const StackOptions& options = {}) {
    const auto elf = ElfFile::open(firmware_.elf());
    if (!elf) ADD_FAILURE() << elf.error().message;
    const auto result = stack_need(*elf, entry, options);
    if (!result) ADD_FAILURE() << result.error().message;
    return result.value_or(StackNeed{});
  }
  std::string error(std::string_view entry) {
    const auto elf = ElfFile::open(firmware_.elf());
    if (!elf) ADD_FAILURE() << elf.error().message;
    const auto result = stack_need(*elf, entry);
    return result ? fmt::format("no error, {} bytes", result->bytes) : result.error().message;
  }
  // -fstack-usage lines: "file:line:function<tab>bytes<tab>kind".
  std::map<std::string, std::uint32_t> compilers_figures(const TestFirmware& firmware) {
    std::ifstream in(firmware.folder() / "a.c.su");
    std::map<std::string, std::uint32_t> figures;
    std::string place;
    std::uint32_t bytes = 0;
    std::string kind;
    while (in >> place >> bytes >> kind) figures[place.substr(place.rfind(':') + 1)] = bytes;
    return figures;
  }
  TestFirmware firmware_;
};

constexpr auto kC = R"(
#define NOINLINE __attribute__((noinline))
volatile int sink;
NOINLINE int leaf(int n) { return n * sink + 3; }
NOINLINE int big(int n) { volatile char b[5000]; b[n] = 1; return b[n + 1] + leaf(n); }
NOINLINE int huge(int n) { volatile char b[70000]; b[n] = 1; return b[n + 1] + leaf(n); }
NOINLINE int aligned(int n) { volatile char b[64] __attribute__((aligned(64))); b[n] = 1; return b[n + 1] + leaf(n); }
NOINLINE int many(int n) {
  switch (n) {
    case 0: return big(1) + 1;
    case 1: return leaf(7) + 9;
    case 2: return sink;
    case 3: { volatile int c[20]; c[n] = 4; return leaf(c[n - 1]) * 3; }
    case 4: return leaf(2) ^ 1;
    case 5: return leaf(3) + leaf(4);
  }
  return 0;
}
NOINLINE int tail(int n) { return many(n + 1); }
NOINLINE int target_a(int n) { volatile int c[100]; c[n] = 4; return c[n - 1]; }
NOINLINE int target_b(int n) { volatile int c[200]; c[n] = 4; return c[n - 1]; }
int (*const table[])(int) = {target_a, target_b, 0};
NOINLINE int through(int n) { return table[n](n) + 1; }
NOINLINE int recursive(int n) { volatile int c = n; return n == 0 ? 1 : recursive(n - 1) + c; }
NOINLINE int walking(unsigned n) {
  volatile char digits[12];
  volatile char* digit = digits + 12;
  do { *--digit = n % 10; } while ((n /= 10) > 9);
  return leaf(*digit);
}
NOINLINE int dynamic(int n) { volatile char b[n]; b[n - 1] = 1; return b[0]; }
int (*volatile keep[])(int) = {huge, aligned, tail, through, recursive, dynamic, (int (*)(int))walking};
void _start(void) { sink = tail(sink); for (;;) {} }
)";

TEST_F(StackTest, FramesAreTheCompilers) {
  for (const char* optimize : {"-Os", "-O0", "-O2"}) {
    TestFirmware firmware;
    firmware.compile("a.c", kC, {optimize});
    firmware.link();
    const auto elf = ElfFile::open(firmware.elf());
    ASSERT_TRUE(elf) << elf.error().message;
    auto figures = compilers_figures(firmware);
    ASSERT_GE(figures.size(), 12u);
    for (const Function& function : analyze_code(*elf)) {
      ASSERT_TRUE(figures.contains(function.name)) << function.name;
      EXPECT_EQ(function.constant, function.name != "dynamic") << function.name;
      // Aligning is the one thing that the compiler does not count.
      const std::uint32_t slack = function.name == "aligned" ? 63 : 0;
      if (function.constant) {
        EXPECT_EQ(function.depth, figures[function.name] + slack) << function.name << optimize;
      }
    }
  }
}

TEST_F(StackTest, TakesTheDeepestPath) {
  firmware_.compile("a.c", kC);
  firmware_.link();
  auto frames = compilers_figures(firmware_);
  const StackNeed found = need("_start");
  EXPECT_EQ(found.bytes, frames["_start"] + frames["many"] + frames["big"] + frames["leaf"]);
  ASSERT_EQ(found.path.size(), 4u);  // tail's jump leaves no frame, but is named
  EXPECT_EQ(found.path[1].function, "tail");
  EXPECT_EQ(found.path[1].bytes, 0u);
  EXPECT_EQ(found.path[3].function, "big");
}

TEST_F(StackTest, RegisterCallsReachWhatIsNamedOrWhatIsTaken) {
  firmware_.compile("a.c", kC);
  firmware_.link();
  auto frames = compilers_figures(firmware_);
  StackOptions options;
  options.callees["through"] = {"target_a", "target_b"};
  EXPECT_EQ(need("through", options).bytes, frames["through"] + frames["target_b"]);
  options.callees["through"] = {"target_a"};
  EXPECT_EQ(need("through", options).bytes, frames["through"] + frames["target_a"]);
}

TEST_F(StackTest, RefusesWhatHasNoBound) {
  firmware_.compile("a.c", kC);
  firmware_.link();
  EXPECT_NE(error("recursive").find("recursive -> recursive"), std::string::npos);
  EXPECT_NE(error("dynamic").find("function dynamic"), std::string::npos);
  EXPECT_NE(error("nowhere").find("has no function nowhere"), std::string::npos);
}

TEST_F(StackTest, CountsAssembly) {
  firmware_.compile("b.S", R"(
    .text
    .globl _start, deep, looping, switched, vectors
  _start:
    la sp, stack_end
    addi sp, sp, -32
    call deep
    j .
  deep:
    c.addi16sp sp, -48
    lui t0, 2
    addi t0, t0, -16
    sub sp, sp, t0
    jal looping
    lui t0, 2
    c.addi t0, -16
    c.add sp, t0
    c.addi16sp sp, 48
    tail looping
  looping:
    addi sp, sp, -16
  1: addi a0, a0, -1
    bnez a0, 1b
    addi sp, sp, 16
    beqz a1, looping
    ret
  switched:
    addi sp, sp, -64
    sw ra, 0(sp)
    sw sp, 0(a0)
    lw sp, 0(a1)
    lw ra, 0(sp)
    addi sp, sp, 64
    ret
  vectors:                 # six registers of vlenb = 16 bytes
    csrr t0, 0xc22
    li t1, 6
    mul t0, t0, t1
    sub sp, sp, t0
    csrr t0, 0xc22
    li t1, 6
    mul t0, t0, t1
    add sp, sp, t0
    ret
    .bss
    .space 64
  stack_end:
  )");
  firmware_.link();
  EXPECT_EQ(need("looping").bytes, 16u);  // jumping back at depth 0 is no recursion
  EXPECT_EQ(need("deep").bytes, 48u + 8192 - 16 + 16);
  EXPECT_EQ(need("_start").bytes, 32u + need("deep").bytes);
  EXPECT_EQ(need("vectors").bytes, 96u);
  EXPECT_EQ(need("switched").bytes, 64u);  // what follows is on another stack
}

}  // namespace
}  // namespace thimble
