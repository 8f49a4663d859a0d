// Memory figures of a small firmware laid out like a real one: against GNU size, the linker's own
// symbols and the sizes that the sources state.
#include "compiler/report/memory.h"

#include <sstream>

#include "compiler/report/firmware_for_test.h"

namespace thimble {
namespace {

constexpr auto kScript = R"(
  MEMORY { FLASH (rx) : ORIGIN = 0x20000000, LENGTH = 1M  RAM (rwx) : ORIGIN = 0x80000000, LENGTH = 1M }
  ENTRY(_start)
  SECTIONS {
    .text : ALIGN(4) { *(.text .text.*) } > FLASH
    .rodata : ALIGN(4) { *(.rodata .rodata.* .srodata .srodata.*) } > FLASH
    .data : ALIGN(4) { *(.data .data.* .sdata .sdata.*) } > RAM AT> FLASH
    .bss (NOLOAD) : ALIGN(4) { *(.bss .bss.* .sbss .sbss.*) } > RAM
    .stacks (NOLOAD) : ALIGN(16) { . += 512; } > RAM
    /DISCARD/ : { *(.eh_frame .comment .note.*) }
  })";

class MemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write_text(firmware_.folder() / "sections.ld", kScript));
    firmware_.compile("obj/kernel/start.c", R"(
      int run(int); int counter = 3; unsigned long long divide(unsigned long long, unsigned long long);
      const char* volatile text = "a message of the kernel";
      unsigned long long u;
      void _start(void) { counter = run(counter); u = u / counter; for (;;) {} })");
    firmware_.compile("obj/kernel/memory.cc", R"(
      extern "C" void* memcpy(void* to, const void* from, unsigned n) {
        for (unsigned i = 0; i < n; ++i) ((volatile char*)to)[i] = ((const char*)from)[i];
        return to;
      }
      extern "C" void* memset(void* to, int value, unsigned n) {
        for (unsigned i = 0; i < n; ++i) ((volatile char*)to)[i] = (char)value;
        return to;
      })");
    firmware_.compile("obj/drivers/ns16550/uart.c",
                      "int uart_buffer[8]; int* uart(void) { return uart_buffer; }");
    firmware_.compile("model/kws.c", R"(
      static const short table[100] = {1, 2, 3};
      void* memcpy(void*, const void*, unsigned);
      double scale(double v, int i) { return v * table[i]; }
      void copy(void* to, const void* from, unsigned n) { memcpy(to, from, n); })");
    firmware_.compile("model/plan.c", R"(
      double scale(double, int); void copy(void*, const void*, unsigned); int* uart(void);
      extern const unsigned char weights[];
      static char arena[4096] __attribute__((aligned(64)));
      int run(int n) { copy(arena, weights, n); copy(uart(), weights, n); return (int)scale(arena[n], n); })");
    firmware_.compile("model/constants.S",
                      ".section .rodata.weights, \"a\"\n.globl weights\n.type weights, @object\n"
                      "weights: .space 1001, 7\n.size weights, 1001\n");
    const auto gcc = run_tool(
        {"riscv64-unknown-elf-gcc", "-march=rv32imac", "-mabi=ilp32", "-print-libgcc-file-name"});
    ASSERT_TRUE(gcc) << gcc.error().message;
    firmware_.link({gcc->substr(0, gcc->find('\n')), "-T", "sections.ld", "--gc-sections"});
  }
  ImageReport report(bool with_map = true) {
    const auto image =
        measure(firmware_.elf(), with_map ? std::optional(firmware_.map()) : std::nullopt);
    if (!image) ADD_FAILURE() << image.error().message;
    return image.value_or(ImageReport{});
  }
  TestFirmware firmware_;
};

const Holding* find(const Breakdown& breakdown, std::string_view name) {
  for (const Holding& holding : breakdown.holdings) {
    if (holding.name == name) return &holding;
  }
  ADD_FAILURE() << name << " is not in the image";
  return nullptr;
}

TEST_F(MemoryTest, BerkeleyIsGnuSize) {
  const auto output = run_tool({"riscv64-unknown-elf-size", firmware_.elf().string()});
  ASSERT_TRUE(output) << output.error().message;
  std::istringstream lines(output->substr(output->find('\n')));
  BerkeleySize size;
  lines >> size.text >> size.data >> size.bss;
  const BerkeleySize ours = report().memory.berkeley;
  EXPECT_EQ(ours.text, size.text);
  EXPECT_EQ(ours.data, size.data);
  EXPECT_EQ(ours.bss, size.bss);
  EXPECT_GT(ours.text, 1001u);
}

TEST_F(MemoryTest, EverythingIsAttributed) {
  for (const bool with_map : {true, false}) {
    const ImageReport image = report(with_map);
    const MemoryReport& memory = image.memory;
    EXPECT_EQ(memory.stacks, 512u);
    EXPECT_EQ(memory.text + memory.rodata, memory.berkeley.text);
    EXPECT_EQ(memory.data, memory.berkeley.data);
    EXPECT_EQ(memory.bss + memory.stacks, memory.berkeley.bss);
    for (std::size_t i = 1; i < image.breakdown.holdings.size(); ++i) {
      const Holding& before = image.breakdown.holdings[i - 1];
      EXPECT_LE(before.address + before.size, image.breakdown.holdings[i].address) << before.name;
    }
    std::uint64_t sum = memory.weights + memory.model_code + memory.system_code;
    for (const MemoryKind kind : {MemoryKind::kText, MemoryKind::kRodata, MemoryKind::kData}) {
      sum += image.breakdown.total(Part::kPadding, kind);
    }
    EXPECT_EQ(sum, memory.flash);
  }
}

TEST_F(MemoryTest, PartsAreTold) {
  const ImageReport image = report();
  const Breakdown& parts = image.breakdown;
  EXPECT_EQ(image.memory.weights, 1001u + 200u);  // constants and the table of the generated code
  EXPECT_EQ(image.memory.arena, 4096u);
  EXPECT_EQ(parts.total(Part::kDrivers, MemoryKind::kBss), 32u);
  EXPECT_EQ(parts.total(Part::kOther, MemoryKind::kText), 0u);
  EXPECT_EQ(find(parts, "_start")->part, Part::kKernel);
  EXPECT_EQ(find(parts, "run")->part, Part::kPlan);
  EXPECT_EQ(find(parts, "scale")->part, Part::kGeneratedCode);
  EXPECT_EQ(find(parts, "uart")->part, Part::kDrivers);
  // Only the model multiplies doubles and copies; only the kernel divides.
  EXPECT_EQ(find(parts, "__muldf3")->part, Part::kModelSupport);
  EXPECT_EQ(find(parts, "memcpy")->part, Part::kModelSupport);
  EXPECT_EQ(find(parts, "__udivdi3")->part, Part::kSystemSupport);
  EXPECT_GT(parts.total(Part::kLinker, MemoryKind::kRodata), 0u);  // the message, a merged string
}

TEST(PartTest, ObjectsAreToldByTheirInnermostFolder) {
  EXPECT_EQ(part_of_object("/home/kernel/obj/drivers/ns16550/uart.cc.o", false), Part::kDrivers);
  EXPECT_EQ(part_of_object("out/model/plan.cc.o", true), Part::kPlan);
  EXPECT_EQ(part_of_object("out/model/model_view.cc.o", true), Part::kPlan);
  EXPECT_EQ(part_of_object("out/model/kws.o", false), Part::kGeneratedCode);
  EXPECT_EQ(part_of_object("out/model/kws.o", true), Part::kWeights);
  EXPECT_EQ(part_of_object("lib/libkws.a(library.kws.o)", true), Part::kWeights);
  EXPECT_EQ(part_of_object("lib/libkws.a(library.plan.cc.o)", false), Part::kPlan);
  EXPECT_EQ(part_of_object("lib/libkws.a(library.runtime.cc.o)", false), Part::kRuntime);
  EXPECT_EQ(part_of_object("/usr/lib/gcc/libgcc.a(muldf3.o)", false), Part::kSystemSupport);
  EXPECT_EQ(part_of_object("elsewhere/main.o", false), Part::kOther);
}

TEST_F(MemoryTest, SectionsAddUpToTheImage) {
  const ImageReport image = report();
  std::uint64_t sum = 0;
  for (const SectionSize& section : image.breakdown.sections) sum += section.size;
  EXPECT_EQ(sum, image.memory.flash + image.memory.bss + image.memory.stacks);
  const auto json = to_json(image.breakdown);
  EXPECT_EQ(json["sections"][0]["name"], ".text");
  EXPECT_EQ(json["sections"][0]["address"], 0x20000000);
}

TEST_F(MemoryTest, JsonHasTheContractsKeys) {
  MemoryReport memory = report().memory;
  std::vector<std::string> keys;
  memory.stack_peak = 5;
  const nlohmann::ordered_json json = to_json(memory);
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"text", "rodata", "data", "bss", "stacks", "flash",
                                            "ram", "weights", "arena", "model_code", "system_code",
                                            "stack_peak", "berkeley"}));
  EXPECT_EQ(json["berkeley"].size(), 3u);
  memory.stack_peak.reset();
  EXPECT_FALSE(to_json(memory).contains("stack_peak"));
}

TEST_F(MemoryTest, FitsToTheByte) {
  const ImageReport image = report();
  Board xip;
  xip.name = "small";
  xip.layout = Layout::kXip;
  xip.regions = {{"FLASH", RegionKind::kFlash, 0x20000000, image.memory.flash},
                 {"RAM", RegionKind::kRam, 0x80000000, image.memory.ram}};
  EXPECT_TRUE(check_fit(xip, {}, image));
  const auto flash = check_fit(xip, {image.memory.flash - 1, {}}, image);
  ASSERT_FALSE(flash);
  EXPECT_EQ(flash.error().code, ExitCode::kDoesNotFit);
  EXPECT_NE(flash.error().message.find("flash of small is exceeded by 1 bytes"), std::string::npos)
      << flash.error().message;
  EXPECT_NE(flash.error().message.find("weights 1201"), std::string::npos) << flash.error().message;
  const auto both = check_fit(xip, {1, 1}, image);
  EXPECT_NE(both.error().message.find("RAM of small"), std::string::npos) << both.error().message;

  Board ram;
  ram.name = "ram";
  const std::uint64_t all = image.memory.flash + image.memory.bss + image.memory.stacks;
  ram.regions = {{"RAM", RegionKind::kRam, 0x80000000, all}};
  EXPECT_TRUE(check_fit(ram, {}, image));
  EXPECT_FALSE(check_fit(ram, {{}, all - 1}, image));
  EXPECT_FALSE(check_fit(ram, {image.memory.flash - 1, {}}, image));
}

TEST_F(MemoryTest, ComparisonAndTablesName) {
  const ImageReport image = report();
  ImageReport larger = image;
  for (Holding& holding : larger.breakdown.holdings) {
    if (holding.name == "_start") holding.size += 10;
  }
  for (SectionSize& section : larger.breakdown.sections) {
    if (section.name == ".text") section.size += 10;
  }
  const auto json = comparison_json(image.breakdown, larger.breakdown);
  EXPECT_EQ(json["after"]["text"].get<int>() - json["before"]["text"].get<int>(), 10);
  EXPECT_NE(comparison_table(image.breakdown, larger.breakdown).find("+10"), std::string::npos);
  ASSERT_EQ(json["symbols"].size(), 1U) << "only what differs: " << json["symbols"];
  EXPECT_EQ(json["symbols"][0]["name"], "_start");
  EXPECT_EQ(json["sections"][0]["name"], ".text") << "the largest difference first";
  EXPECT_EQ(json["sections"][0]["after"].get<int>() - json["sections"][0]["before"].get<int>(), 10);
  EXPECT_NE(to_table(image.breakdown).find("weights"), std::string::npos);
  EXPECT_NE(to_table(image.breakdown).find(".rodata"), std::string::npos);
  EXPECT_EQ(to_json(image.breakdown)["symbols"][0]["name"], "arena");
}

TEST_F(MemoryTest, RefusesDamage) {
  auto content = read_file(firmware_.elf());
  ASSERT_TRUE(content);
  const auto damaged = firmware_.folder() / "damaged.elf";
  const std::size_t stride = content->size() / 150 | 1;
  // Whatever is overwritten or cut off: an error or a report, never a crash.
  for (std::size_t offset = 0; offset < content->size(); offset += stride) {
    Bytes bytes = *content;
    for (std::size_t i = offset; i < std::min(offset + 4, bytes.size()); ++i) bytes[i] ^= 0xff;
    ASSERT_TRUE(write_file(damaged, bytes));
    if (const auto image = measure(damaged, std::nullopt); !image) {
      EXPECT_NE(image.error().message.find("damaged.elf"), std::string::npos);
    }
    ASSERT_TRUE(write_file(damaged, std::span(*content).first(offset)));
    EXPECT_FALSE(measure(damaged, std::nullopt)) << offset;
  }
  const auto other = firmware_.folder() / "other.map";
  auto map = read_text(firmware_.map());
  ASSERT_TRUE(map);
  ASSERT_TRUE(write_text(other, "no map"));
  EXPECT_FALSE(measure(firmware_.elf(), other));
}

}  // namespace
}  // namespace thimble
