// What of the converter's own programs is recognized as a layer, and that nothing is that differs
// from it in a single number.
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/offload/offload.h"
#include "compiler/tosa/program.h"
#include "tests/models/test_models.h"

namespace thimble {
namespace {

std::string import_text(const std::string& name) {
  const auto folder =
      TemporaryFolder::make(std::filesystem::temp_directory_path() / "recognition").value();
  const auto model = tflite::read(test::small_model(name)).value();
  return mlir::print(tosa::import(model, folder.path()).value().module);
}

offload::Offloaded offload_text(const std::string& text, std::string* rest = nullptr,
                                offload::Goal goal = offload::Goal::kSpeed) {
  mlir::Module module = mlir::parse(text, "test").value();
  auto offloaded = offload::offload(module, "net", goal).value();
  if (rest != nullptr) *rest = mlir::print(module);
  return offloaded;
}

std::vector<std::string> symbols(const offload::Offloaded& offloaded) {
  std::vector<std::string> result;
  result.reserve(offloaded.layers.size());
  for (const offload::Layer& layer : offloaded.layers) result.push_back(layer.symbol);
  std::ranges::sort(result);
  return result;
}

std::ptrdiff_t softmaxes(const std::string& text) {
  return std::ranges::count(symbols(offload_text(text)), "thimble_softmax");
}

TEST(Recognition, PoolsOfEveryWindowAndTheirActivations) {
  const std::string text = import_text("pools");
  std::string rest;
  EXPECT_EQ(symbols(offload_text(text, &rest)),
            (std::vector<std::string>{"thimble_average", "thimble_average_pool2d",
                                      "thimble_average_pool2d", "thimble_max_pool2d",
                                      "thimble_max_pool2d", "thimble_max_pool2d"}));
  for (const char* operation : {"_pool2d\"", "tosa.clamp", "tosa.slice"})
    EXPECT_EQ(rest.find(operation), std::string::npos) << rest;
  EXPECT_EQ(
      symbols(offload_text(text, nullptr, offload::Goal::kSize)),
      (std::vector<std::string>{"thimble_average_pool2d_small", "thimble_average_pool2d_small",
                                "thimble_average_small", "thimble_max_pool2d_small",
                                "thimble_max_pool2d_small", "thimble_max_pool2d_small"}));
}

TEST(Recognition, MeansOverNeighbours) {
  std::string rest;
  const auto offloaded = offload_text(import_text("means"), &rest);
  EXPECT_EQ(symbols(offloaded), std::vector<std::string>(4, "thimble_mean"));
  ASSERT_EQ(offloaded.refusals.size(), 1u);
  EXPECT_EQ(offloaded.refusals[0].reason, "sums over dimensions that are no neighbours");
  EXPECT_NE(rest.find("tosa.reduce_sum"), std::string::npos);
}

TEST(Recognition, SoftmaxesOfEverySize) {
  std::string rest;
  const auto offloaded = offload_text(import_text("softmaxes"), &rest);
  std::vector<int> rows;
  for (const offload::Layer& layer : offloaded.layers) {
    if (layer.symbol == "thimble_softmax") rows.push_back(layer.rows);
  }
  EXPECT_EQ(rows, (std::vector<int>{1, 4, 12, 1, 5}));
  for (const char* operation : {"tosa.table", "tosa.clz", "tosa.mul"})
    EXPECT_EQ(rest.find(operation), std::string::npos);
}

TEST(Recognition, ASoftmaxThatDiffersInOneNumberStays) {
  const std::string text = import_text("softmaxes");
  const std::ptrdiff_t all = softmaxes(text);
  ASSERT_EQ(all, 5);
  const std::pair<std::string, std::string> changes[] = {
      {"dense<1515870810>", "dense<1515870811>"},
      {"dense<-1010580540>", "dense<-1010580541>"},
      {"dense<536870912>", "dense<536870913>"},
      {"dense<35>", "dense<34>"},
      {"round = true", "round = false"},
      {"SINGLE_ROUND", "DOUBLE_ROUND"},
      {"\"tosa.reduce_max\"", "\"tosa.reduce_min\""},
      {"\"tosa.reduce_sum\"", "\"tosa.reduce_product\""},
      {"\"tosa.clz\"", "\"tosa.bitwise_not\""}};
  for (const auto& [from, to] : changes) {
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    std::string changed = text;
    changed.replace(at, from.size(), to);
    EXPECT_LT(softmaxes(changed), all) << from << " -> " << to;
  }
}

TEST(Recognition, ASoftmaxOfOtherExponentialsStays) {
  const std::string text = import_text("softmaxes");
  const std::ptrdiff_t all = softmaxes(text);
  // Of a table of 513 numbers, those for the largest element and for one below it.
  const std::size_t end = text.find("\"> : tensor<513xi16>");
  ASSERT_NE(end, std::string::npos);
  constexpr std::size_t kDigitsOfANumber = 4;
  for (const std::size_t number : {256U, 255U}) {
    std::string changed = text;
    char& digit = changed[end - (513 - number) * kDigitsOfANumber + 1];
    digit = digit == '1' ? '2' : '1';
    EXPECT_LT(softmaxes(changed), all) << number;
  }
}

}  // namespace
}  // namespace thimble
