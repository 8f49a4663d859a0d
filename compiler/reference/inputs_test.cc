#include "compiler/reference/inputs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "tests/models/test_models.h"

namespace thimble {
namespace {

using tflite::ElementType;

// A model that is nothing but inputs.
tflite::Model inputs_only(const std::vector<std::pair<ElementType, std::vector<int>>>& inputs) {
  tflite::Model model;
  for (const auto& [type, shape] : inputs) {
    const int index = static_cast<int>(model.tensors.size());
    model.tensors.push_back({index, "", type, shape, {}, false});
    model.inputs.push_back(index);
  }
  return model;
}

template <typename T>
std::vector<T> values(const Bytes& bytes) {
  std::vector<T> all(bytes.size() / sizeof(T));
  std::memcpy(all.data(), bytes.data(), bytes.size());
  return all;
}

enum Kind : std::uint8_t { kUniform, kSmooth, kSparse, kExtreme, kAllLow, kAllHigh };

TEST(MakeSample, IsTheSameOnEveryPlatform) {
  const auto model =
      inputs_only({{ElementType::kInt8, {1, 16, 16, 3}}, {ElementType::kInt16, {5}}});
  Bytes all;
  for (int index = 0; index < 12; ++index) {
    const Bytes sample = make_sample(model, 42, index);
    EXPECT_EQ(sample.size(), model.input_bytes());
    all.insert(all.end(), sample.begin(), sample.end());
  }
  // Recorded once; a change would change what every recorded seed means.
  EXPECT_EQ(content_hash(all), 12717404920664513873U);
}

TEST(MakeSample, SeedIndexAndInputAllMatter) {
  const auto model = inputs_only({{ElementType::kInt8, {1, 64}}, {ElementType::kInt8, {1, 64}}});
  const Bytes sample = make_sample(model, 1, 0);
  EXPECT_EQ(sample, make_sample(model, 1, 0));
  EXPECT_NE(sample, make_sample(model, 2, 0));
  EXPECT_NE(sample, make_sample(model, 1, 6));
  EXPECT_FALSE(std::equal(sample.begin(), sample.begin() + 64, sample.begin() + 64));
}

TEST(MakeSample, KindsTakeTurns) {
  auto model = inputs_only({{ElementType::kInt8, {1, 32, 32, 3}}});
  model.tensors[0].quantization = {{0.5F}, {-7}, 0};
  const auto sample = [&](int kind) { return values<std::int8_t>(make_sample(model, 9, kind)); };
  const auto distinct = [](const std::vector<std::int8_t>& all) {
    return std::set<int>(all.begin(), all.end());
  };
  EXPECT_EQ(distinct(sample(kUniform)).size(), 256U);
  EXPECT_EQ(distinct(sample(kExtreme)), (std::set<int>{-128, -7, 127}));
  EXPECT_EQ(distinct(sample(kAllLow)), std::set<int>{-128});
  EXPECT_EQ(distinct(sample(kAllHigh)), std::set<int>{127});
  const auto sparse = sample(kSparse);
  EXPECT_GT(std::ranges::count(sparse, -7), 3072 * 8 / 10);
  EXPECT_GT(distinct(sparse).size(), 100U);
  // Neighbours of a smooth picture differ by no more than an eighth of the range.
  const auto smooth = sample(kSmooth);
  EXPECT_GT(distinct(smooth).size(), 100U);
  constexpr std::size_t kRow = 96;
  for (std::size_t i = 3; i < smooth.size(); ++i) {
    if (i % kRow >= 3) EXPECT_LE(std::abs(smooth[i] - smooth[i - 3]), 33);
  }
}

TEST(MakeSample, FloatsCoverTheQuantizedRangeAndMore) {
  const auto model = tflite::read(test::small_model("float_ends"));
  ASSERT_TRUE(model);
  // int8, scale 0.02, zero point -5.
  const auto floats = values<float>(make_sample(*model, 1, kExtreme));
  const auto [low, high] = std::ranges::minmax(floats);
  EXPECT_LT(low, -123 * 0.02F);
  EXPECT_GT(low, -150 * 0.02F);
  EXPECT_GT(high, 132 * 0.02F);
  EXPECT_LT(high, 160 * 0.02F);
  EXPECT_NE(std::ranges::find(floats, 0.0F), floats.end());
}

TEST(MakeSample, PlainFloatsLieWithinOne) {
  const auto model = inputs_only({{ElementType::kFloat32, {1000}}});
  const auto floats = values<float>(make_sample(model, 1, kUniform));
  const auto [low, high] = std::ranges::minmax(floats);
  EXPECT_GE(low, -1);
  EXPECT_LT(low, -0.9);
  EXPECT_LE(high, 1);
  EXPECT_GT(high, 0.9);
}

TEST(MakeSample, IndicesStayInTheTable) {
  auto model = inputs_only({{ElementType::kInt32, {100}}});
  model.tensors.push_back({1, "table", ElementType::kInt8, {10, 16}, {}, true});
  model.tensors.push_back({2, "rows", ElementType::kInt8, {100, 16}, {}, false});
  model.operators.push_back({0, "GATHER", {1, 0}, {2}});
  for (int kind = 0; kind < 6; ++kind) {
    for (const std::int32_t index : values<std::int32_t>(make_sample(model, 3, kind))) {
      EXPECT_GE(index, 0);
      EXPECT_LT(index, 10);
    }
  }
}

}  // namespace
}  // namespace thimble
