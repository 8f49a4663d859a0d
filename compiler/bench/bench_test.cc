// The tables must show what was measured, say so when results differ, and set beside a model only
// the figures that are about it.
#include <gtest/gtest.h>

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/bench/tables.h"

namespace thimble::bench {
namespace {

using Json = nlohmann::ordered_json;

Json measurement(const std::string& model, int macs, int mismatches) {
  return {{"model", model},
          {"board", "qemu-virt"},
          {"isa", "rv32imac"},
          {"optimize", "size"},
          {"offload", "all"},
          {"memory", {{"flash", 41000}, {"ram", 9876}, {"arena", 8320}, {"weights", 999}}},
          {"inference", {{"instructions", 2500000}, {"macs", macs}}},
          {"validation", {{"samples", 3}, {"outputs", 3600}, {"mismatches", mismatches}}}};
}

Anchors anchors() {
  return {{{"kws", 1000000}},
          {{"Other", "another engine", {{"instructions", {"counted", {{"kws", 5500000}}}}}},
           {"Third", "a third", {{"flash", {"weighed", {{"ic", 1}}}}}}}};
}

Results results(const Json& one) {
  return {Json::array({one}), {}};
}

TEST(BenchTableTest, ShowsWhatWasMeasured) {
  const std::string table = to_table(results(measurement("kws", 1000000, 0)), anchors());
  EXPECT_NE(table.find("kws, 1,000,000 MACs"), std::string::npos) << table;
  EXPECT_NE(table.find("  Thimble -O size --offload all      2,500,000     2.50     41,000     "
                       "9,876     8,320        999  exact (3)\n"),
            std::string::npos)
      << table;
}

TEST(BenchTableTest, AnchorStandsBesideItsModel) {
  const std::string table = to_table(results(measurement("kws", 1000000, 0)), anchors());
  EXPECT_NE(table.find("  Other                              5,500,000     5.50          –"),
            std::string::npos)
      << table;
  EXPECT_EQ(table.find("Third"), std::string::npos) << "knows nothing of kws: " << table;
}

TEST(BenchTableTest, AnchorDoesNotStandBesideANamesake) {
  const std::string table = to_table(results(measurement("kws", 1000001, 0)), anchors());
  EXPECT_EQ(table.find("Other"), std::string::npos) << table;
}

TEST(BenchTableTest, DifferencesAreCounted) {
  const std::string table = to_table(results(measurement("kws", 1000000, 1200)), anchors());
  EXPECT_NE(table.find("1,200 of 3,600 differ"), std::string::npos) << table;
  EXPECT_EQ(table.find("exact"), std::string::npos) << table;
}

TEST(BenchTableTest, ModelWithoutMacsHasNoRatio) {
  const std::string table = to_table(results(measurement("lut", 0, 0)), anchors());
  EXPECT_NE(table.find("2,500,000        –"), std::string::npos) << table;
}

TEST(BenchPageTest, HoldsCommandTableAndSources) {
  const std::string page =
      to_page(results(measurement("kws", 1000000, 0)), anchors(), "./thimble bench --write");
  EXPECT_NE(page.find("\n    ./thimble bench --write\n"), std::string::npos) << page;
  EXPECT_NE(page.find("\n## kws\n\n1,000,000 MACs\n\n"
                      "|  | instructions | per MAC | flash | RAM | arena | weights | validated |\n"
                      "|---|--:|--:|--:|--:|--:|--:|---|\n"
                      "| Thimble -O size --offload all | 2,500,000 | 2.50 | 41,000 | 9,876 | 8,320 "
                      "| 999 | exact (3) |\n"
                      "| Other | 5,500,000 | 5.50 | – | – | – | – | – |\n"),
            std::string::npos)
      << page;
  EXPECT_NE(page.find("- **Other**: another engine. Instructions: counted.\n"), std::string::npos)
      << page;
  EXPECT_EQ(page.find("Not measured"), std::string::npos) << page;
}

TEST(BenchPageTest, SourcesOnlyWhereAnchorsStand) {
  const std::string page =
      to_page(results(measurement("lut", 1, 0)), anchors(), "./thimble bench --write");
  EXPECT_EQ(page.find("another engine"), std::string::npos) << page;
}

TEST(BenchPageTest, NamesWhatWasNotMeasured) {
  const Results failed{Json::array(),
                       {{"wide", configuration("speed", "none"), ExitCode::kDoesNotFit},
                        {"odd", configuration("size", "all"), ExitCode::kBadModel}}};
  const std::string page = to_page(failed, anchors(), "./thimble bench --write");
  EXPECT_NE(page.find("- wide -O speed --offload none: the image does not fit the board\n"
                      "- odd -O size --offload all: the model cannot be compiled\n"),
            std::string::npos)
      << page;
}

TEST(AnchorsTest, CommittedFileHasEveryEngineAndFigure) {
  const auto read = read_anchors(source_root() / "benchmarks" / "anchors.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(read->know("kws", 2656768));
  EXPECT_FALSE(read->know("kws", 1));
  ASSERT_EQ(read->engines.size(), 3U);
  for (const Anchor& anchor : read->engines) {
    for (const auto& [kind, figure] : anchor.figures) {
      EXPECT_FALSE(figure.source.empty()) << anchor.name;
      for (const char* model : {"ic", "kws", "vww"})
        EXPECT_GT(figure.values.at(model), 0U) << anchor.name << " " << kind;
      for (const auto& [model, value] : figure.values) EXPECT_TRUE(read->macs.contains(model));
    }
  }
}

TEST(AnchorsTest, DamageIsToldByFile) {
  const auto folder =
      TemporaryFolder::make(std::filesystem::temp_directory_path() / "anchors_test");
  ASSERT_TRUE(folder);
  const auto file = folder->path() / "anchors.json";
  ASSERT_TRUE(write_text(file, R"({"macs": {}, "anchors": [{"name": "Other"}]})"));
  const auto read = read_anchors(file);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ExitCode::kToolFailed);
  EXPECT_NE(read.error().message.find(file.string()), std::string::npos) << read.error().message;
}

}  // namespace
}  // namespace thimble::bench
