// Boards: those of the tree are readable, and damaged ones are refused by file and key.
#include "compiler/boards/board.h"

#include <gtest/gtest.h>

#include "compiler/base/file.h"

namespace thimble {
namespace {

constexpr auto kGood = R"({"name": "mine", "description": "d", "isa": "rv32imc",
  "isas": ["rv32imc"], "layout": "xip", "drivers": ["ns16550"],
  "regions": [{"name": "FLASH", "kind": "flash", "origin": "0x20400000", "length": "0x80000"},
              {"name": "RAM", "kind": "ram", "origin": 2147483648, "length": 16384}]})";

class BoardTest : public testing::Test {
 protected:
  Result<Board> read(std::string text, std::string_view from = "", std::string_view to = "") {
    if (const auto place = text.find(from); !from.empty()) {
      EXPECT_NE(place, std::string::npos) << from;
      text.replace(place, from.size(), to);
    }
    EXPECT_TRUE(write_text(folder_->path() / "board.json", text));
    return read_board(folder_->path());
  }
  std::string error_of(std::string_view from, std::string_view to) {
    const auto board = read(kGood, from, to);
    EXPECT_FALSE(board);
    return board ? "" : board.error().message;
  }
  Result<TemporaryFolder> folder_ =
      TemporaryFolder::make(std::filesystem::temp_directory_path() / "board_test");
};

TEST_F(BoardTest, ReadsAllOfTheTree) {
  const auto boards = all_boards();
  ASSERT_TRUE(boards) << boards.error().message;
  ASSERT_FALSE(boards->empty());
  for (const Board& board : *boards) {
    EXPECT_EQ(board.folder.filename(), board.name);
    const auto found = find_board(board.name);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->regions.size(), board.regions.size());
  }
}

TEST_F(BoardTest, ReadsAFolderOutside) {
  ASSERT_TRUE(read(kGood));
  const auto board = find_board(folder_->path().string());
  ASSERT_TRUE(board) << board.error().message;
  EXPECT_EQ(board->name, "mine");
  EXPECT_EQ(board->layout, Layout::kXip);
  EXPECT_EQ(board->regions[0].origin, 0x20400000u);
  EXPECT_EQ(board->regions[1].origin, 0x80000000u);
  EXPECT_FALSE(board->simulator);
  const std::string memory = memory_ld(*board);
  EXPECT_NE(memory.find("FLASH (rx) : ORIGIN = 0x20400000, LENGTH = 0x40000000"), std::string::npos)
      << memory;
  EXPECT_NE(memory.find("REGION_ALIAS(\"CONSTANTS\", FLASH)"), std::string::npos) << memory;
  EXPECT_NE(memory.find("REGION_ALIAS(\"DATA\", RAM)"), std::string::npos) << memory;
}

TEST_F(BoardTest, LimitsNarrowButDoNotWiden) {
  const auto board = read(kGood);
  ASSERT_TRUE(board) << board.error().message;
  EXPECT_EQ(capacity(*board, {}).flash, 0x80000u);
  EXPECT_EQ(capacity(*board, {1000, 2000}).flash, 1000u);
  EXPECT_EQ(capacity(*board, {1000, 2000}).ram, 2000u);
  EXPECT_EQ(capacity(*board, {1u << 30, 1u << 30}).ram, 16384u);
}

TEST_F(BoardTest, UnknownBoardListsTheKnown) {
  const auto board = find_board("no-such-board");
  ASSERT_FALSE(board);
  EXPECT_EQ(board.error().code, ExitCode::kUsage);
  const auto boards = all_boards();
  ASSERT_TRUE(boards);
  for (const Board& known : *boards) {
    EXPECT_NE(board.error().message.find(known.name), std::string::npos) << board.error().message;
  }
}

TEST_F(BoardTest, ErrorsNameFileAndKey) {
  EXPECT_NE(error_of("\"isa\"", "\"ise\"").find("board.json: key \"isa\""), std::string::npos);
  EXPECT_NE(error_of("16384", "-1").find("key \"regions[1].length\""), std::string::npos);
  EXPECT_NE(error_of("0x20400000", "0x2040000g").find("key \"regions[0].origin\""),
            std::string::npos);
  EXPECT_NE(error_of("0x20400000", "0xffffffff").find("key \"regions[0].length\""),
            std::string::npos);
  EXPECT_NE(error_of("2147483648", "\"0x20400100\"").find("overlaps region FLASH"),
            std::string::npos);
  EXPECT_NE(error_of("\"xip\"", "\"rom\"").find("key \"layout\""), std::string::npos);
  EXPECT_NE(error_of("\"ns16550\"", "3").find("key \"drivers[0]\""), std::string::npos);
  EXPECT_NE(error_of("}]}", "}]").find("board.json: "), std::string::npos);
  EXPECT_NE(error_of("[\"rv32imc\"]", "[]").find("key \"isa\""), std::string::npos);
}

}  // namespace
}  // namespace thimble
