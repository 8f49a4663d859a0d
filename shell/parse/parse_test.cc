// Lines as they are typed, and the words in them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "shell/parse/line.h"
#include "shell/parse/words.h"

namespace thimble::shell {
namespace {

// What comes out while `typed` goes in: complete lines, and what the terminal shows.
struct Typed {
  std::vector<std::string> lines;
  std::string shown;
};

Typed type(Line& line, std::string_view typed) {
  Typed result;
  for (const char character : typed) {
    const Line::Step step = line.add(character);
    result.shown += step.echo;
    if (step.complete) result.lines.emplace_back(line.text());
  }
  return result;
}

std::vector<std::string> words(std::string line) {
  const Words found(line.data());
  return {found.all().begin(), found.all().end()};
}

using Lines = std::vector<std::string>;

TEST(Line, EndsByReturnOrNewlineOrBoth) {
  Line line;
  EXPECT_EQ(type(line, "ps\r").lines, Lines{"ps"});
  EXPECT_EQ(type(line, "\nmem\r\nhelp\n").lines, (Lines{"mem", "help"}))
      << "LF of CR LF is no line";
  EXPECT_EQ(type(line, "\n\n").lines, (Lines{"", ""}));
}

TEST(Line, EchoesWhatItTakes) {
  Line line;
  EXPECT_EQ(type(line, "ps\r\n").shown, "ps\r\n");
  EXPECT_EQ(type(line, "\x01\x1b\t\xc3").shown, "");
}

TEST(Line, BackspaceTakesBack) {
  Line line;
  const Typed typed = type(line, "\x08pd\x7fs\r");
  EXPECT_EQ(typed.lines, Lines{"ps"});
  EXPECT_EQ(typed.shown, "pd\b \bs\r\n") << "nothing is taken back of an empty line";
}

TEST(Line, ControlCForgets) {
  Line line;
  EXPECT_EQ(type(line, "reboot\x03ps\r").lines, (Lines{"", "ps"}));
}

TEST(Line, TooLongIsNotTaken) {
  Line line;
  const std::string most(Line::kMostCharacters, 'x');
  const Typed typed = type(line, most + "yz\r");
  EXPECT_EQ(typed.lines, Lines{most});
  EXPECT_EQ(typed.shown, most + "\r\n");
  EXPECT_EQ(type(line, "ps\r").lines, Lines{"ps"});
}

TEST(Words, AreSeparatedBySpaces) {
  EXPECT_EQ(words("run  keyword 3 "), (Lines{"run", "keyword", "3"}));
  EXPECT_EQ(words("  ps"), Lines{"ps"});
  EXPECT_EQ(words(""), Lines{});
  EXPECT_EQ(words("   "), Lines{});
}

TEST(Words, BeyondTheMostAreDropped) {
  EXPECT_EQ(words("1 2 3 4 5 6 7 8 9 10").size(), Words::kMost);
}

TEST(Number, IsDecimalAndFits) {
  EXPECT_EQ(parse_number("0"), 0U);
  EXPECT_EQ(parse_number("4294967295"), 4294967295U);
  for (const char* wrong : {"", "-1", "+1", "1x", "0x10", " 1", "4294967296", "99999999999"}) {
    EXPECT_FALSE(parse_number(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace thimble::shell
