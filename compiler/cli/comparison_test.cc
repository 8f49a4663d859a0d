// The comparison of target and reference must find what differs: were it blind, every validation
// would succeed.
#include "compiler/cli/comparison.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

namespace thimble::cli {
namespace {

using tflite::ElementType;

// x (int8 [4]) -> ADD -> mid (int8 [1, 2, 2]) -> SOFTMAX -> y (of a given type, [2]).
class ComparisonTest : public testing::Test {
 protected:
  explicit ComparisonTest(ElementType output = ElementType::kInt8) {
    model_.tensors = {{0, "x", ElementType::kInt8, {4}, {}, false},
                      {1, "mid", ElementType::kInt8, {1, 2, 2}, {}, false},
                      {2, "y", output, {2}, {}, false}};
    model_.operators = {{0, "ADD", {0}, {1}}, {1, "SOFTMAX", {1}, {2}}};
    model_.inputs = {0};
    model_.outputs = {2};
  }

  tflite::Model model_;
};

// An impossible one if there is none.
Difference first_of(const Comparison& comparison) {
  return comparison.first.value_or(Difference{.sample = -1});
}

Bytes floats(const std::vector<float>& values) {
  Bytes bytes;
  for (const float value : values) {
    const auto word = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) {
      bytes.push_back(static_cast<std::uint8_t>(word >> shift));
    }
  }
  return bytes;
}

TEST_F(ComparisonTest, EqualResultsHaveNoMismatch) {
  const Comparison found =
      compare(model_, {1, 2}, std::vector<Bytes>{{1, 2, 3, 4, 5, 6}, {0, 0, 0, 0, 7, 8}},
              {{{{1, 2, 3, 4}, {5, 6}}, {{0, 0, 0, 0}, {7, 8}}}});
  EXPECT_EQ(found.samples, 2);
  EXPECT_EQ(found.outputs, 12U);
  EXPECT_EQ(found.mismatches, 0U);
  EXPECT_EQ(found.max_difference, 0);
  EXPECT_FALSE(found.first);
}

TEST_F(ComparisonTest, OneWrongElementIsFoundAndNamed) {
  const Comparison found = compare(model_, {1}, std::vector<Bytes>{{1, 2, 3, 4}, {1, 2, 253, 4}},
                                   {{{{1, 2, 3, 4}}, {{1, 2, 3, 4}}}});
  EXPECT_EQ(found.mismatches, 1U);
  EXPECT_EQ(found.max_difference, 6);  // 253 is -3 as int8
  EXPECT_EQ(describe(model_, first_of(found)),
            "sample 1, tensor 'mid' (ADD, int8 [1, 2, 2]), element [0, 1, 0]: -3 on the target, 3 "
            "in the reference");
}

TEST_F(ComparisonTest, EveryElementOfEveryTensorIsLookedAt) {
  const Bytes right{1, 2, 3, 4, 5, 6};
  for (std::size_t i = 0; i < right.size(); ++i) {
    Bytes wrong = right;
    wrong[i] ^= 0x80U;
    const Comparison found =
        compare(model_, {1, 2}, std::vector<Bytes>{wrong}, {{{{1, 2, 3, 4}, {5, 6}}}});
    EXPECT_EQ(found.mismatches, 1U) << i;
    EXPECT_EQ(found.max_difference, 128) << i;
    EXPECT_EQ(first_of(found).tensor, i < 4 ? 1 : 2) << i;
    EXPECT_EQ(first_of(found).element, i < 4 ? i : i - 4) << i;
  }
}

TEST_F(ComparisonTest, TheFirstDifferenceIsOfTheEarliestOperator) {
  // The results come in another order than the operators that make them.
  const Comparison found =
      compare(model_, {2, 1}, std::vector<Bytes>{{9, 6, 1, 2, 3, 9}}, {{{{5, 6}, {1, 2, 3, 4}}}});
  EXPECT_EQ(found.mismatches, 2U);
  EXPECT_EQ(first_of(found).tensor, 1);
  EXPECT_EQ(first_of(found).element, 3U);
  EXPECT_EQ(first_of(found).target, 9);
  EXPECT_EQ(first_of(found).reference, 4);
}

TEST_F(ComparisonTest, AddingKeepsTheEarlierFirstDifference) {
  const Comparison inside =
      compare(model_, {1}, std::vector<Bytes>{{1, 2, 3, 5}}, {{{{1, 2, 3, 4}}}});
  const Comparison output = compare(model_, {2}, std::vector<Bytes>{{1, 9}}, {{{{1, 2}}}});
  Comparison total = inside;
  total.add(output);
  EXPECT_EQ(total.outputs, 6U);
  EXPECT_EQ(total.mismatches, 2U);
  EXPECT_EQ(total.max_difference, 7);
  EXPECT_EQ(first_of(total).tensor, 1);
}

class FloatComparison : public ComparisonTest {
 protected:
  FloatComparison() : ComparisonTest(ElementType::kFloat32) {}

  Comparison compare_floats(const std::vector<float>& target, const std::vector<float>& reference) {
    return compare(model_, {2}, std::vector<Bytes>{floats(target)}, {{{floats(reference)}}});
  }
};

TEST_F(FloatComparison, ComparesBitsNotValues) {
  EXPECT_EQ(compare_floats({1, NAN}, {1, NAN}).mismatches, 0U);
  const Comparison signs = compare_floats({1, 0.0F}, {1, -0.0F});
  EXPECT_EQ(signs.mismatches, 1U);
  EXPECT_EQ(signs.max_difference, 0);
  EXPECT_TRUE(signs.first);
}

TEST_F(FloatComparison, AnAnswerThatIsNoNumberIsInfinitelyWrong) {
  const Comparison found = compare_floats({NAN, 2}, {1, 2});
  EXPECT_EQ(found.mismatches, 1U);
  EXPECT_EQ(found.max_difference, INFINITY);
}

TEST_F(FloatComparison, TheLastBitCounts) {
  const Comparison found = compare_floats({1, std::nextafter(2.0F, 3.0F)}, {1, 2});
  EXPECT_EQ(found.mismatches, 1U);
  EXPECT_EQ(first_of(found).element, 1U);
}

}  // namespace
}  // namespace thimble::cli
