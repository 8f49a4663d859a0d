// The report must show what was measured, say what failed, and let Ninja do each thing once.
#include <gtest/gtest.h>

#include <set>

#include "compiler/timeline/timeline.h"
#include "compiler/zoo/drawing.h"
#include "compiler/zoo/page.h"
#include "compiler/zoo/sweep.h"
#include "compiler/zoo/tables.h"

namespace thimble::zoo {
namespace {

using Json = nlohmann::ordered_json;

Board board(const std::string& name, Layout layout) {
  Board board;
  board.name = name;
  board.isa = "rv32imac";
  board.isas = {"rv32imac", "rv32imafc"};
  board.layout = layout;
  board.regions = {{"RAM", RegionKind::kRam, 0x80000000, 65536}};
  return board;
}

Sweep sweep() {
  const std::vector<Board> boards{board("ram", Layout::kRam), board("flash", Layout::kXip)};
  return {.configurations = configurations({{"tiny", "/models/a b/tiny.tflite", true}}, boards),
          .boards = boards,
          .folder = "/out",
          .samples = 4};
}

Json measured(const std::string& model, const std::string& layout, const std::string& optimize,
              std::uint64_t flash) {
  return {
      {"model", model},
      {"board", layout},
      {"isa", "rv32imac"},
      {"optimize", optimize},
      {"offload", "all"},
      {"weights", "rodata"},
      {"signedness", "strip"},
      {"layout", layout},
      {"memory",
       {{"flash", flash},
        {"ram", 2048},
        {"system_code", 5120},
        {"model_code", 10240},
        {"berkeley", {{"text", flash}, {"data", 0}, {"bss", 2048}}}}},
      {"inference", {{"instructions", 1234567}, {"macs", 1000}, {"instructions_per_mac", 2.468}}},
      {"validation", {{"samples", 3}, {"outputs", 30}, {"mismatches", 0}}},
      {"accuracy", {{"metric", "accuracy"}, {"inputs", 50}, {"target", 0.94}}},
      {"flash_parts", {{"kernel", 1024}, {"weights", flash - 1024}}},
      {"ram_parts", {{"stacks", 48}, {"arena", 2000}}},
      {"soft_float", {{"bytes", 700}, {"symbols", {"__addsf3", "__mulsf3"}}}},
      {"sections", {{{"name", ".text"}, {"address", 0x80000000}, {"size", flash}}}}};
}

TEST(ConfigurationTest, EveryBoardHasEveryOptionAndKeysAreUnique) {
  const std::vector<Configuration> all = sweep().configurations;
  std::set<std::string> keys;
  int basics = 0;
  for (const Configuration& one : all) {
    keys.insert(one.key());
    basics += one.weights == "rodata" && one.signedness == "strip" && one.isa == "rv32imac";
  }
  EXPECT_EQ(keys.size(), all.size());
  EXPECT_EQ(basics, 2 * 4);
  EXPECT_TRUE(keys.contains("tiny/flash-rv32imac-size-all-weights-in-data"));
  EXPECT_TRUE(keys.contains("tiny/ram-rv32imafc-speed-none"));
  for (const std::string& key : keys)
    EXPECT_EQ(key.find("rv32imacv"), std::string::npos) << "no board runs it: " << key;
}

TEST(BuildFileTest, NetworksAreCompiledOnceAndWordsAreQuoted) {
  const std::string text = build_file(sweep(), "/bin/thimble");
  // Another board waits for the one that compiles its network.
  EXPECT_NE(text.find("build tiny/flash-rv32imac-size-all/validate.json | "
                      "tiny/flash-rv32imac-size-all/firmware.elf: step | inputs/tool "
                      "inputs/board-flash inputs/model-tiny || "
                      "tiny/ram-rv32imac-size-all/validate.json\n"),
            std::string::npos)
      << text;
  EXPECT_NE(
      text.find("words = '/bin/thimble' 'validate' '/models/a b/tiny.tflite' '--board' 'ram'"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("'--samples' '4'"), std::string::npos);
  EXPECT_NE(text.find("build tiny/ram-rv32imac-size-all/score.json: step"), std::string::npos);
  EXPECT_NE(text.find("build tiny/ram-rv32imac-size-all/plan.json: step"), std::string::npos);
  for (const char* once : {"profile", "plan"})
    EXPECT_EQ(text.find(fmt::format("build tiny/flash-rv32imac-size-all/{}.json", once)),
              std::string::npos);
}

TEST(TablesTest, CellsSayWhereTheirNumbersStand) {
  const Json list = Json::array({measured("tiny", "ram", "size", 40960)});
  const Table table = options_table(Results(list), "tiny");
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0][4].text, "40,960");
  EXPECT_EQ(table.rows[0][4].figure, "/0/memory/flash");
  EXPECT_NE(to_html(table).find("<td class=\"number\" data-figure=\"/0/memory/flash\">40,960</td>"),
            std::string::npos);
  EXPECT_NE(to_markdown(table).find(" 1,234,567 | 2.47 | exact (3) |\n"), std::string::npos)
      << to_markdown(table);
}

TEST(TablesTest, FieldReportStandsBesideTheSmallestImageInFlash) {
  const Json list = Json::array({measured("miniresnet", "ram", "size", 1024),
                                 measured("miniresnet", "xip", "speed", 2048),
                                 measured("miniresnet", "xip", "size", 81920)});
  const std::string text = to_markdown(field_report(Results(list)));
  EXPECT_NE(text.find("| miniresnet, flash | 87 | 80.0 | xip -O size |\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("| miniresnet, system code | 21.8 | 5.0 | ram -O size |\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("efficientnet"), std::string::npos) << text;
}

TEST(TablesTest, QuestionsAreAnsweredByTheFirmwareThatTheyAreAbout) {
  Json in_data = measured("miniresnet", "xip", "size", 3000);
  in_data["weights"] = "data";
  Json generated = measured("miniresnet", "ram", "speed", 3500);
  generated["offload"] = "none";
  Json hard_float = generated;
  hard_float["isa"] = "rv32imafc";
  hard_float["memory"]["flash"] = 4000;
  const Json list =
      Json::array({measured("miniresnet", "ram", "size", 1000),
                   measured("miniresnet", "xip", "size", 2000), in_data, generated, hard_float});
  const Table table = field_questions(Results(list), "miniresnet");
  std::vector<std::string> told;
  for (const auto& row : table.rows) told.push_back(row[0].text + ": " + row[5].text);
  EXPECT_EQ(told, (std::vector<std::string>{"everything in RAM: 1,000",
                                            "executed in place, weights in .rodata: 2,000",
                                            "executed in place, weights in .data: 3,000",
                                            "generated code alone, by default: 3,500",
                                            "generated code alone, hard float: 4,000"}));
}

TEST(TablesTest, OtherModelsHaveNoFieldReport) {
  const Json list = Json::array({measured("tiny", "xip", "size", 1024)});
  EXPECT_TRUE(field_report(Results(list)).rows.empty());
}

TEST(TablesTest, FailuresAndDifferencesAreTold) {
  Json failed{{"model", "tiny"},
              {"board", "ram"},
              {"isa", "rv32imac"},
              {"optimize", "size"},
              {"offload", "all"},
              {"weights", "rodata"},
              {"signedness", "keep"},
              {"failures", {{{"step", "validate"}, {"code", 3}, {"message", "no, \"never\""}}}}};
  Json differs = measured("tiny", "ram", "size", 4096);
  differs["validation"]["mismatches"] = 7;
  const Json list = Json::array({failed, differs});
  const Results results(list);
  EXPECT_EQ(results.verdict(0).text, "validate failed (3)");
  EXPECT_EQ(results.verdict(1).text, "7 of 30 differ");
  ASSERT_EQ(failures_table(results).rows.size(), 1U);
  EXPECT_EQ(failures_table(results).rows[0][4].text, "no, \"never\"");
  EXPECT_NE(to_csv(results).find(",\"no, \"\"never\"\"\"\n"), std::string::npos) << to_csv(results);
  EXPECT_NE(to_page(list, {}, "./thimble zoo").find("What failed"), std::string::npos);
}

TEST(DrawingTest, BarsShareOneScaleAndTellTheirSums) {
  const std::string text = bars({{"a <b>", {{"kernel", 100, "/0/x"}, {"weights", 300, "/0/y"}}},
                                 {"c", {{"kernel", 200, "/1/x"}}}},
                                "bytes");
  EXPECT_NE(text.find("a &lt;b&gt;"), std::string::npos);
  EXPECT_NE(text.find("width=\"155.000\""), std::string::npos)
      << "a quarter of the longest: " << text;
  EXPECT_NE(text.find("width=\"310.000\""), std::string::npos) << text;
  EXPECT_NE(text.find(">400 bytes</text>"), std::string::npos) << text;
  EXPECT_NE(text.find("data-figure=\"/0/y\" data-value=\"300\""), std::string::npos) << text;
}

TEST(DrawingTest, MapShowsSectionsOfTheRegionOnly) {
  const Json sections{{{"name", ".text"}, {"address", 0x80000000}, {"size", 4096}},
                      {{"name", ".far"}, {"address", 0x20000000}, {"size", 16}}};
  const std::string text = memory_map(board("ram", Layout::kRam), sections);
  EXPECT_NE(text.find(".text 4,096 at 0x80000000"), std::string::npos) << text;
  EXPECT_NE(text.find("4,096 bytes of 64 KB"), std::string::npos) << text;
  EXPECT_EQ(text.find(".far"), std::string::npos) << text;
}

TEST(PageTest, NeedsNothingElse) {
  Json list = Json::array({measured("tiny", "ram", "size", 40960)});
  list[0]["plan"] =
      timeline::to_json({.arena = 40,
                         .alternatives = {},
                         .peak_step = -1,
                         .tensors = {{"image<1>", timeline::Use::kInput, 40, 40, {{}}}},
                         .steps = {}});
  const std::string page = to_page(list, {board("ram", Layout::kRam)}, "./thimble zoo");
  for (const char* foreign : {"<script", "<link", "src=", "http:", "https:", "@import", "url("})
    EXPECT_EQ(page.find(foreign), std::string::npos) << foreign;
  EXPECT_NE(page.find("__addsf3, __mulsf3"), std::string::npos);
  EXPECT_NE(page.find("0.940"), std::string::npos);
  EXPECT_NE(page.find("peak: 40 bytes before the first step"), std::string::npos);
  EXPECT_NE(page.find("image&lt;1&gt;: 40 bytes at 0"), std::string::npos);
}

}  // namespace
}  // namespace thimble::zoo
