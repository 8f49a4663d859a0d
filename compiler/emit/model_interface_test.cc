// The headers compile, whatever the tensors are called, and say where everything is.
#include "compiler/emit/model_interface.h"

#include <gtest/gtest.h>

#include "compiler/base/file.h"
#include "compiler/base/process.h"

namespace thimble::emit {
namespace {

using tflite::ElementType;
using tflite::Quantization;

// Two inputs and a tensor of every other type as outputs, with names as bad as a file may have.
tflite::Model model_with(const std::string& name) {
  tflite::Model model;
  model.name = "net_7";
  const auto add = [&](ElementType type, std::vector<int> shape, Quantization quantization) {
    const auto index = static_cast<int>(model.tensors.size());
    model.tensors.push_back({index, name, type, std::move(shape), std::move(quantization), false});
    return index;
  };
  model.inputs = {add(ElementType::kInt8, {1, 4, 5}, {{0.1F}, {-3}, 0}),
                  add(ElementType::kFloat32, {1, 2}, {})};
  model.outputs = {add(ElementType::kUint8, {10}, {{1.0F}, {}, 0}),
                   add(ElementType::kInt16, {1, 3}, {{0.5F, 0.25F, 1.0F}, {0, 0, 0}, 1}),
                   add(ElementType::kInt32, {}, {}), add(ElementType::kInt64, {2}, {}),
                   add(ElementType::kBool, {4}, {})};
  return model;
}

Interface interface_with(const std::string& name) {
  plan::Plan plan;
  plan.arena_bytes = 640;
  plan.inputs = {{true, 0, 20}, {true, 64, 8}};
  plan.outputs = {{true, 128, 10}, {true, 192, 6}, {true, 256, 4}, {true, 320, 16}, {true, 576, 4}};
  const tflite::Model model = model_with(name);
  return make_interface(model, model.outputs, plan);
}

// Of a model whose input comes by rows.
Interface fed_interface() {
  Interface interface = interface_with("input");
  interface.inputs.resize(1);
  interface.fed = {4, 5, 3};
  return interface;
}

const std::vector<std::string>& names() {
  static const std::vector<std::string> list{"input",
                                             "serving_default/x:0",
                                             "",
                                             "say \"hi\"; int x = \"",
                                             "back\\slash\\",
                                             "*/ int oops; /*",
                                             "/* // *\\",
                                             "two\nlines\r\n#error no",
                                             "\\\n#define int",
                                             "d\xc3\xa9j\xc3\xa0 vu \xe2\x80\xae \xf0\x9f\xa6\x86",
                                             "\xff\xfe\x01\x7f",
                                             "?\?/ ?\?) %s {0} $(x)",
                                             std::string(5000, 'x')};
  return list;
}

bool holds(const std::string& text, const std::string& line) {
  return ('\n' + text).find('\n' + line + '\n') != std::string::npos;
}

TEST(ModelInterface, TheCHeaderSaysWhereEverythingIs) {
  const std::string header = c_header(interface_with("input"));
  for (const char* line :
       {"#define NET_7_ARENA_BYTES 640u", "#define NET_7_ARENA_ALIGNMENT 64u",
        "#define NET_7_INPUT_0_COUNT 20u", "#define NET_7_INPUT_0_OFFSET 0u",
        "#define NET_7_INPUT_0_SCALE 0.100000001f", "#define NET_7_INPUT_0_ZERO_POINT (-3)",
        "#define NET_7_INPUT_1_OFFSET 64u", "#define NET_7_OUTPUT_0_SCALE 1.0f",
        "#define NET_7_OUTPUT_0_ZERO_POINT (0)", "#define NET_7_OUTPUT_2_COUNT 1u",
        "#define NET_7_OUTPUT_4_OFFSET 576u", "int net_7_run(void* arena);"})
    EXPECT_TRUE(holds(header, line)) << line << "\n" << header;
}

TEST(ModelInterface, OnlyTensorsOfOneScaleHaveAScale) {
  const Interface interface = interface_with("input");
  EXPECT_EQ(interface.inputs[0].scale, 0.1F);
  EXPECT_FALSE(interface.inputs[1].scale.has_value());   // float
  EXPECT_FALSE(interface.outputs[1].scale.has_value());  // per channel
  const std::string header = c_header(interface);
  EXPECT_EQ(header.find("NET_7_INPUT_1_SCALE"), std::string::npos);
  EXPECT_EQ(header.find("NET_7_OUTPUT_1_SCALE"), std::string::npos);
  EXPECT_EQ(header.find("NET_7_OUTPUT_1_ZERO_POINT"), std::string::npos);
}

class HeaderTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(made_);
    ASSERT_TRUE(write_text(made_->path() / "uses.c", R"(#include "net_7.h"
static uint8_t arena[NET_7_ARENA_BYTES];
int use(void);
int use(void) {
  net_7_input_0(arena)[NET_7_INPUT_0_COUNT - 1u] = (int8_t)(1.0f / NET_7_INPUT_0_SCALE);
  *net_7_input_1(arena) = 0.5f;
  if (net_7_run(arena) != 0) return -1;
  return net_7_output_0(arena)[0] + net_7_output_1(arena)[2] + *net_7_output_2(arena) +
         (int)net_7_output_3(arena)[1] + net_7_output_4(arena)[3] - NET_7_OUTPUT_0_ZERO_POINT;
}
)"));
    ASSERT_TRUE(write_text(made_->path() / "uses.cc", R"(#include "net_7.hpp"
namespace net = thimble::model::net_7;
static_assert(net::kArenaBytes == NET_7_ARENA_BYTES && net::kArenaAlignment == NET_7_ARENA_ALIGNMENT);
static_assert(net::Input0::kShape == std::array<std::size_t, 3>{1, 4, 5});
static_assert(net::Input0::kOffset == 0 && net::Input1::kOffset == 64);
static_assert(net::Input0::kScale == NET_7_INPUT_0_SCALE && net::Input0::kZeroPoint == -3);
static_assert(net::Output2::kCount == 1 && net::Output2::kShape.empty());
template <typename T>
concept HasScale = requires { T::kScale; };
static_assert(HasScale<net::Input0> && !HasScale<net::Input1> && !HasScale<net::Output1>);
alignas(net::kArenaAlignment) std::byte arena[net::kArenaBytes];
int use() {
  net::input_0(arena)[19] = std::int8_t{1};
  net::input_1(arena)[0] = 0.5F;
  const std::span<const std::uint8_t, 10> out = net::output_0(arena);
  return net::run(arena) + out[9] + static_cast<int>(net::output_3(arena)[1]);
}
)"));
  }

  void expect_compiles(const std::string& name) { expect_compiles(interface_with(name), name); }

  void expect_compiles(const Interface& interface, const std::string& name) {
    const std::filesystem::path& folder = made_->path();
    ASSERT_TRUE(write_text(folder / "net_7.h", c_header(interface)));
    ASSERT_TRUE(write_text(folder / "net_7.hpp", cpp_header(interface)));
    ASSERT_TRUE(write_text(folder / "model_view.cc", view_source(interface)));
    const std::vector<std::vector<std::string>> commands{
        {"clang-19", "-std=c99", "uses.c"},
        {"clang-19", "-std=c17", "-fsanitize=undefined", "uses.c"},
        {"clang++-19", "-std=c++20", "uses.cc"},
        {"clang++-19", "-std=c++23", "-I" + source_root().string(), "model_view.cc"}};
    for (std::vector<std::string> command : commands) {
      const std::vector<std::string> strict{"-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                                            "-pedantic"};
      command.insert(command.end(), strict.begin(), strict.end());
      const auto said = run_tool(command, folder);
      EXPECT_TRUE(said.has_value()) << name << "\n" << said.error().message;
    }
  }

  [[nodiscard]] const std::filesystem::path& folder() const { return made_->path(); }

 private:
  Result<TemporaryFolder> made_ =
      TemporaryFolder::make(std::filesystem::temp_directory_path() / "interface");
};

TEST_F(HeaderTest, CompilesWhateverTheTensorsAreCalled) {
  for (const std::string& name : names()) expect_compiles(name);
}

class FedHeaderTest : public HeaderTest {
 protected:
  void SetUp() override {
    HeaderTest::SetUp();
    ASSERT_TRUE(write_text(folder() / "uses.c", R"(#include "net_7.h"
static uint8_t arena[NET_7_ARENA_BYTES];
int use(const int8_t* image);
int use(const int8_t* image) {
  if (net_7_begin(arena) != 0) return -1;
  if (net_7_feed_rows(arena, image, NET_7_INPUT_0_WINDOW_ROWS) != 0) return -1;
  while (net_7_rows_fed(arena) < NET_7_INPUT_0_ROWS) {
    uint32_t count;
    int8_t* row = net_7_next_rows(arena, &count);
    for (uint32_t i = 0; i < count * NET_7_INPUT_0_ROW_BYTES; ++i) row[i] = 0;
    if (net_7_rows_written(arena, count) != 0) return -1;
  }
  return net_7_finish(arena) != 0 ? -1 : net_7_output_0(arena)[0];
}
)"));
    ASSERT_TRUE(write_text(folder() / "uses.cc", R"(#include "net_7.hpp"
namespace net = thimble::model::net_7;
static_assert(net::kRows == 4 && net::kRowElements == 5 && net::kWindowRows == 3);
static_assert(net::Input0::kCount == 20 && net::Input0::kZeroPoint == -3);
template <typename T>
concept HasPlace = requires { T::kOffset; };
static_assert(!HasPlace<net::Input0> && HasPlace<net::Output0>);
alignas(net::kArenaAlignment) std::byte arena[net::kArenaBytes];
int use(std::span<const std::int8_t> image) {
  if (net::begin(arena) + net::feed_rows(arena, image) != 0) return -1;
  const std::span<std::int8_t> rows = net::next_rows(arena);
  for (std::int8_t& element : rows) element = 1;
  if (net::rows_written(arena, net::kRows - net::rows_fed(arena)) != 0) return -1;
  return net::finish(arena) + net::output_0(arena)[9];
}
)"));
  }
};

TEST_F(FedHeaderTest, CompilesForCAndCpp) {
  expect_compiles(fed_interface(), "a fed input");
}

TEST(ModelInterface, WhatIsFedHasNoPlaceAndNoRun) {
  const std::string header = c_header(fed_interface());
  for (const char* line :
       {"#define NET_7_INPUT_0_COUNT 20u", "#define NET_7_INPUT_0_ROWS 4u",
        "#define NET_7_INPUT_0_ROW_BYTES 5u", "#define NET_7_INPUT_0_WINDOW_ROWS 3u",
        "int net_7_begin(void* arena);", "int net_7_finish(void* arena);"})
    EXPECT_TRUE(holds(header, line)) << line << "\n" << header;
  for (const char* text : {"INPUT_0_OFFSET", "net_7_run", "net_7_input_0"}) {
    EXPECT_EQ(header.find(text), std::string::npos) << text;
    EXPECT_EQ(cpp_header(fed_interface()).find(text), std::string::npos) << text;
  }
}

TEST(ModelInterface, NamesAreHarmlessInCommentsAndStrings) {
  for (const std::string& name : names()) {
    const Interface interface = interface_with(name);
    const std::string& harmless = interface.inputs[0].name;
    EXPECT_LE(harmless.size(), 120u);
    EXPECT_EQ(harmless.find_first_of("\"\\*\n\r?"), std::string::npos) << harmless;
  }
  EXPECT_EQ(interface_with("serving_default/x:0").inputs[0].name, "serving_default/x:0");
}

TEST(ModelInterface, TheViewListsAllTensorsWithTheirTypes) {
  const std::string source = view_source(interface_with("x"));
  for (const char* entry :
       {"{\"x\", ElementType::kInt8, 0, 20},", "{\"x\", ElementType::kFloat32, 64, 8},",
        "{\"x\", ElementType::kUint8, 128, 10},", "{\"x\", ElementType::kInt16, 192, 6},",
        "{\"x\", ElementType::kInt32, 256, 4},", "{\"x\", ElementType::kInt64, 320, 16},",
        "{\"x\", ElementType::kBool, 576, 4},"})
    EXPECT_NE(source.find(entry), std::string::npos) << entry;
}

}  // namespace
}  // namespace thimble::emit
