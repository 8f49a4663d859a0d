// Each metric against values worked out by hand.
#include "compiler/cli/metrics.h"

#include <gtest/gtest.h>

namespace thimble::cli {
namespace {

TEST(MetricsTest, AccuracyCountsTheFirstOfEqualOutputs) {
  const std::vector<Values> outputs{{0, 5, 5}, {1, 0, 0}, {0, 0, 1}, {2, 2, 2}};
  const std::vector<double> expected{1, 1, 2, 0};
  EXPECT_EQ(score("accuracy", {outputs, outputs, expected}), 0.75);
}

TEST(MetricsTest, AucComparesEveryAnomalyWithEveryNormal) {
  const std::vector<Values> inputs(4, Values{0, 0});
  const std::vector<Values> outputs{{1, 0}, {0, 2}, {3, 0}, {1, 0}};  // errors 0.5, 2, 4.5, 0.5
  const std::vector<double> expected{0, 0, 1, 1};  // 4.5 beats both; 0.5 ties once, loses once
  EXPECT_EQ(score("auc", {inputs, outputs, expected}), 2.5 / 4);
}

TEST(MetricsTest, R2IsOneForTheTruthAndZeroForTheMean) {
  const std::vector<double> expected{1, 2, 3};
  const std::vector<Values> truth{{1}, {2}, {3}};
  const std::vector<Values> mean{{2}, {2}, {2}};
  EXPECT_EQ(score("r2", {truth, truth, expected}), 1.0);
  EXPECT_EQ(score("r2", {mean, mean, expected}), 0.0);
}

TEST(MetricsTest, WhatHasNoScoreHasNone) {
  const std::vector<Values> values{{1}, {1}};
  const std::vector<double> same{1, 1};
  EXPECT_FALSE(score("auc", {values, values, same}));
  EXPECT_FALSE(score("r2", {values, values, same}));
  EXPECT_FALSE(score("f1", {values, values, same}));
  EXPECT_FALSE(score("accuracy", {}));
}

}  // namespace
}  // namespace thimble::cli
