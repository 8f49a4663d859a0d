// The tables of a plan compile for the target and say what the plan says.
#include "compiler/emit/plan_source.h"

#include <gtest/gtest.h>

#include <array>

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/emit/toolchain.h"

namespace thimble::emit {
namespace {

using plan::StepKind;

plan::Plan sample() {
  plan::Plan plan;
  plan.arena_bytes = 1024;
  plan.constants.resize(192);
  plan.inputs = {{true, 0, 16}};
  plan.outputs = {{true, 128, 10}};
  const auto dispatch = [](std::string function, std::array<std::uint32_t, 3> workgroups,
                           std::vector<std::uint32_t> constants,
                           std::vector<plan::Binding> bindings) {
    plan::Step step;
    step.function = std::move(function);
    step.workgroups = workgroups;
    step.constants = std::move(constants);
    step.bindings = std::move(bindings);
    return step;
  };
  plan::Step fill;
  fill.kind = StepKind::kFill;
  fill.pattern = 0x80818283;
  fill.pattern_length = 4;
  fill.bindings = {{true, 256, 64}};
  plan::Step copy;
  copy.kind = StepKind::kCopy;
  copy.bindings = {{true, 512, 20}, {false, 128, 20}};
  plan.steps = {fill,
                dispatch("net_dispatch_0_conv", {7, 5, 3}, {9, 0xffffffff},
                         {{false, 64, 100}, {true, 0, 16}, {true, 256, 64}}),
                copy,
                dispatch("net_dispatch_1_add", {1, 1, 1}, {}, {{true, 256, 64}}),
                dispatch("net_dispatch_0_conv", {1, 1, 1}, {4}, {{true, 512, 20}}),
                dispatch("net_dispatch_2_none", {1, 1, 1}, {}, {})};
  return plan;
}

class PlanSourceTest : public testing::Test {
 protected:
  // Compiles plan.cc and constants.S as the build does; the symbols of plan.cc.o.
  Result<std::string> compile(const plan::Plan& plan, const std::string& isa_name = "rv32imac",
                              WeightsPlacement placement = WeightsPlacement::kRodata) {
    ASSIGN_OR_RETURN(const Isa isa, Isa::parse(isa_name));
    const std::filesystem::path folder = folder_.path();
    TRY(write_text(folder / "plan.cc", plan_source("net", plan)));
    TRY(write_text(folder / "constants.S", constants_source("net", placement)));
    TRY(write_file(folder / "constants.bin", plan.constants));
    for (const char* source : {"plan.cc", "constants.S"}) {
      Command command = compile_command(isa, source_root() / "boards/qemu-virt", folder,
                                        folder / source, object(source));
      command.push_back("-Wa,-I" + folder.string());
      TRY(run_tool(command));
    }
    return run_tool({"llvm-nm-19", object("plan.cc").string()});
  }
  [[nodiscard]] std::filesystem::path object(const std::string& source) const {
    return folder_.path() / (source + ".o");
  }

 private:
  TemporaryFolder folder_ = *TemporaryFolder::make(std::filesystem::temp_directory_path() / "plan");
};

TEST_F(PlanSourceTest, CompilesForTheTargetAndRefersToWhatItRuns) {
  const auto symbols = compile(sample());
  ASSERT_TRUE(symbols.has_value()) << symbols.error().message;
  for (const char* undefined : {"U net_dispatch_0_conv\n", "U net_dispatch_1_add\n",
                                "U net_dispatch_2_none\n", "U net_constants\n", "U thimble_run\n"})
    EXPECT_NE(symbols->find(undefined), std::string::npos) << undefined << *symbols;
  EXPECT_NE(symbols->find("T net_run\n"), std::string::npos) << *symbols;
  EXPECT_NE(symbols->find("kPlan"), std::string::npos) << *symbols;
}

// Two stages with a window between them that slides once.
plan::Plan streamed() {
  plan::Plan plan;
  plan.arena_bytes = 256;
  plan.streams = {{2, {{1, 64, 24, 8, -8, 0}}, {0, 0, 1, 0x80, 1, 2, 0, 1}}};
  plan::PlannedLayer layer;
  layer.layer.symbol = "thimble_lookup";
  layer.layer.header = "microkernels/elementwise.h";
  layer.layer.descriptor = "Lookup{nullptr, 8}";
  plan.layers = {layer};
  plan::Step stream;
  stream.kind = StepKind::kStream;
  stream.stream = 0;
  stream.workgroups = {2, 1, 1};
  stream.bindings = {{true, 128, 8}};
  plan::Step first;
  first.kind = StepKind::kMicrokernel;
  first.layer = 0;
  first.stream = 0;
  first.workgroups = {3, 1, 1};
  first.rows_per_call = 1;
  first.bindings = {{true, 0, 24}, {true, 64, 24}, {true, 0, 0}};
  first.bindings[1].window = 0;
  plan::Step second = first;
  second.bindings = {{true, 64, 24}, {true, 96, 24}, {true, 0, 0}};
  second.bindings[0].window = 0;
  plan.steps = {stream, first, second};
  return plan;
}

TEST_F(PlanSourceTest, AStreamCompilesAndBringsItsRunner) {
  const auto symbols = compile(streamed());
  ASSERT_TRUE(symbols.has_value()) << symbols.error().message;
  EXPECT_NE(symbols->find("U thimble_run_stream\n"), std::string::npos) << *symbols;
  const auto plain = compile(sample());
  EXPECT_EQ(plain->find("thimble_run_stream"), std::string::npos) << "nothing that is not used";
}

// The same, its input fed in rows of 8 bytes.
plan::Plan fed() {
  plan::Plan plan = streamed();
  plan.streams[0].windows.push_back({2, 160, 16, 8, 0, 2});
  plan.streams[0].ops = {2, 0, 2, 0, 1, 2, 0x80, 1, 2, 0, 1};
  plan.steps[1].bindings[0].window = 1;
  plan.feed = {3, 8, 2, {true, 252, 4}};
  return plan;
}

TEST_F(PlanSourceTest, AFedPlanBringsWhatTakesRows) {
  const auto symbols = compile(fed());
  ASSERT_TRUE(symbols.has_value()) << symbols.error().message;
  for (const char* symbol :
       {"U thimble_run_unfed\n", "U thimble_feed_begin\n", "U thimble_rows_written\n",
        "T net_begin\n", "T net_feed_rows\n", "T net_next_rows\n", "T net_rows_written\n",
        "T net_rows_fed\n", "T net_finish\n"})
    EXPECT_NE(symbols->find(symbol), std::string::npos) << symbol << *symbols;
  for (const char* symbol : {"net_run", "thimble_run_stream"})
    EXPECT_EQ(symbols->find(symbol), std::string::npos) << symbol << *symbols;
  const std::string source = plan_source("net", fed());
  for (const char* part : {"kOps0[] = {2, 0, 2, 0, 1, 2, 128, 1, 2, 0, 1};", "{160u, 8, 2}",
                           "kFedInput = {&kPlan, 252, 1, 3, 8};"})
    EXPECT_NE(source.find(part), std::string::npos) << part << "\n" << source;
}

TEST_F(PlanSourceTest, TablesAreConstantData) {
  ASSERT_TRUE(compile(sample()));
  const auto sections = run_tool({"llvm-readelf-19", "-S", object("plan.cc").string()});
  ASSERT_TRUE(sections.has_value());
  for (const char* written : {" .data", " .bss", " .init_array", " .sdata", " .sbss"})
    EXPECT_EQ(sections->find(written), std::string::npos) << *sections;
}

TEST_F(PlanSourceTest, CompilesForEveryKindOfRegisters) {
  for (const char* isa : {"rv32im", "rv32imafc", "rv32imafdc"}) {
    const auto symbols = compile(sample(), isa);
    EXPECT_TRUE(symbols.has_value()) << isa << symbols.error().message;
  }
}

TEST_F(PlanSourceTest, APlanWithoutStepsCompilesToo) {
  plan::Plan plan;
  plan.arena_bytes = 64;
  const auto symbols = compile(plan);
  EXPECT_TRUE(symbols.has_value()) << symbols.error().message;
}

TEST_F(PlanSourceTest, ConstantsStandWhereTheyAreWanted) {
  ASSERT_TRUE(compile(sample()));
  const auto rodata = run_tool({"llvm-readelf-19", "-S", "-W", object("constants.S").string()});
  EXPECT_NE(rodata->find(" .rodata.net_constants PROGBITS"), std::string::npos) << *rodata;
  ASSERT_TRUE(compile(sample(), "rv32imac", WeightsPlacement::kData));
  const auto data = run_tool({"llvm-readelf-19", "-S", "-W", object("constants.S").string()});
  EXPECT_NE(data->find(" .data.net_constants PROGBITS"), std::string::npos) << *data;
}

TEST(PlanSource, AStreamIsATableOfBytes) {
  const std::string source = plan_source("net", streamed());
  for (const char* part :
       {"kOps0[] = {0, 0, 1, 128, 1, 2, 0, 1};", "kWindows0[] = {{72u, 8, 0}, };",
        "kDetail0 = {kOps0, 8, kWindows0, 1};",
        "kBindings1[] = {{.offset = 0}, {.offset = runtime::kWindow + 0}, {.offset = 0}, };",
        "{StepKind::kStream, 1, 0, 0, 0x1u, {2, 1, 1}, 0,",
        "{StepKind::kMicrokernel, 3, 0, 0, 0x7u, {3, 1, 1}, 0,"})
    EXPECT_NE(source.find(part), std::string::npos) << part << "\n" << source;
}

TEST(PlanSource, SaysWhatThePlanSays) {
  const std::string source = plan_source("net", sample());
  for (const char* part :
       {"kDetail0 = {0x80818283u, 4};", "kDetail1[] = {9, 4294967295};",
        "kLengths1[] = {100, 16, 64, };",
        "kBindings1[] = {{.address = constants + 64}, {.offset = 0}, {.offset = 256}, };",
        "{StepKind::kFill, 1, 0, 0, 0x1u,", "{StepKind::kDispatch, 3, 2, 0, 0x6u, {7, 5, 3}, 0,",
        "{StepKind::kCopy, 2, 0, 0, 0x1u,", "kPlan = {kSteps, 6, 1024, 0, 0};"})
    EXPECT_NE(source.find(part), std::string::npos) << part << "\n" << source;
}

}  // namespace
}  // namespace thimble::emit
