// Finding models, and that nothing is built twice.
#include "compiler/pipeline/build.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "compiler/base/file.h"
#include "compiler/pipeline/network.h"
#include "tests/models/test_models.h"

namespace thimble {
namespace {

namespace fs = std::filesystem;

TEST(FindModel, ByNameInTheZoo) {
  const std::vector<std::string> names = zoo_models();
  ASSERT_FALSE(names.empty());
  EXPECT_TRUE(std::ranges::is_sorted(names));
  for (const std::string& name : names) {
    const auto path = find_model(name);
    ASSERT_TRUE(path.has_value()) << path.error().message;
    EXPECT_EQ(*path, source_root() / "zoo" / name / (name + ".tflite"));
    EXPECT_TRUE(fs::exists(*path));
  }
}

TEST(FindModel, ByPath) {
  const fs::path path = source_root() / "CMakeLists.txt";  // any file: what it holds is read later
  const auto found = find_model(path.string());
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(*found, path);
}

TEST(FindModel, WhatIsNotThereIsWrongUsageAndTellsWhatIs) {
  for (const std::string name : {"no-such-model", "no/such/model.tflite", ""}) {
    const auto path = find_model(name);
    ASSERT_FALSE(path.has_value()) << name;
    EXPECT_EQ(path.error().code, ExitCode::kUsage);
    EXPECT_TRUE(path.error().message.starts_with(name + ": no such file"));
    for (const std::string& known : zoo_models())
      EXPECT_NE(path.error().message.find(known), std::string::npos) << path.error().message;
  }
}

// Works on a copy of a small model with a name of its own, and removes what it left in the cache.
class BuildTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(python_tool("iree-compile"))) GTEST_SKIP() << "no Python environment";
    fs::copy_file(test::small_model("dense"), path());
    model_ = tflite::read(path()).value();
    options_.out = out();
    const auto network = compile_network(model_, {options_.target.isa});
    ASSERT_TRUE(network.has_value()) << network.error().message;
    cache = network->object.parent_path();
  }
  static void TearDownTestSuite() {
    std::error_code ignored;
    if (!cache.empty()) fs::remove_all(cache, ignored);
  }

  // Tests may run side by side, and the cache goes by names, too.
  [[nodiscard]] fs::path path() const {
    return folder_.path() / fmt::format("build_test_{}.tflite", ::getpid());
  }
  [[nodiscard]] fs::path out() const { return folder_.path() / "out"; }
  [[nodiscard]] Build must_build() const {
    const auto built = build(model_, options_);
    EXPECT_TRUE(built.has_value()) << built.error().message;
    return built.value_or(Build{});
  }

  tflite::Model model_;
  BuildOptions options_{{find_board("qemu-virt").value(), Isa::parse("rv32imac").value(), {}},
                        "speed",
                        "all",
                        true,
                        {},
                        false};
  inline static fs::path cache;  // of all tests: removed behind the last

 private:
  TemporaryFolder folder_ = *TemporaryFolder::make(fs::temp_directory_path() / "build");
};

TEST_F(BuildTest, ASecondCallFindsEverythingDone) {
  const Build first = must_build();
  EXPECT_FALSE(first.was_current);
  EXPECT_EQ(first.network.results, model_.outputs);
  for (const std::string& file :
       {std::string("firmware.elf"), std::string("firmware.bin"), std::string("firmware.map"),
        "lib" + model_.name + ".a", model_.name + ".h", model_.name + ".hpp"})
    EXPECT_TRUE(fs::exists(out() / file)) << file;
  const auto made = fs::last_write_time(first.elf);
  const Build second = must_build();
  EXPECT_TRUE(second.was_current);
  EXPECT_EQ(second.image.memory.flash, first.image.memory.flash);
  EXPECT_EQ(second.image.memory.ram, first.image.memory.ram);
  EXPECT_EQ(fs::last_write_time(second.elf), made);
}

TEST_F(BuildTest, BuildsAgainWhereAFileOrAnOptionDiffersAndLeavesOtherFilesAlone) {
  EXPECT_FALSE(must_build().was_current);
  ASSERT_TRUE(write_text(out() / "notes.txt", "the user's"));
  fs::remove(out() / "firmware.bin");
  EXPECT_FALSE(must_build().was_current);
  EXPECT_TRUE(fs::exists(out() / "firmware.bin"));
  options_.target.weights = emit::WeightsPlacement::kData;
  EXPECT_FALSE(must_build().was_current);
  EXPECT_TRUE(must_build().was_current);
  EXPECT_EQ(*read_text(out() / "notes.txt"), "the user's");
}

TEST_F(BuildTest, RefusalsLeaveTheFolderAsItWas) {
  ASSERT_TRUE(write_text(out(), "a file"));
  const auto in_the_way = build(model_, options_);
  ASSERT_FALSE(in_the_way.has_value());
  EXPECT_EQ(in_the_way.error().code, ExitCode::kUsage) << in_the_way.error().message;
  EXPECT_EQ(*read_text(out()), "a file");
  fs::remove(out());
  options_.target.limits.ram = 1024;
  const auto too_large = build(model_, options_);
  ASSERT_FALSE(too_large.has_value());
  EXPECT_EQ(too_large.error().code, ExitCode::kDoesNotFit) << too_large.error().message;
  EXPECT_FALSE(fs::exists(out()));
}

TEST_F(BuildTest, OptionsHaveNetworksOfTheirOwn) {
  const auto plain = compile_network(model_, {options_.target.isa});
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->object.parent_path(), cache);
  const auto all = compile_network(model_, {options_.target.isa, true});
  ASSERT_TRUE(all.has_value()) << all.error().message;
  EXPECT_NE(all->key, plain->key);
  EXPECT_GT(all->results.size(), plain->results.size());
  fs::remove_all(all->object.parent_path());
}

TEST_F(BuildTest, ADamagedCacheEntryIsNamed) {
  const std::string good = read_text(cache / "entry.json").value();
  for (const char* text :
       {"", "{}", "[]", R"({"results": 3, "accesses": {}})",
        R"({"results": ["a"], "accesses": {}})", R"({"results": [0], "accesses": 1})",
        R"({"results": [0], "accesses": {"f": 1}})",
        R"({"results": [0], "accesses": {"f": ["r"]}})"}) {
    ASSERT_TRUE(write_text(cache / "entry.json", text));
    const auto network = compile_network(model_, {options_.target.isa});
    ASSERT_FALSE(network.has_value()) << text;
    EXPECT_EQ(network.error().code, ExitCode::kToolFailed);
    EXPECT_NE(network.error().message.find(cache.string()), std::string::npos)
        << network.error().message;
  }
  ASSERT_TRUE(write_text(cache / "entry.json", good));
}

}  // namespace
}  // namespace thimble
