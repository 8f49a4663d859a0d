#include "compiler/tflite/model.h"

#include <gtest/gtest.h>

#include "compiler/base/file.h"
#include "tests/models/test_models.h"

namespace thimble::tflite {
namespace {

using test::full_model;
using test::small_model;

std::string refusal(const std::filesystem::path& path, const Bytes& content) {
  const auto model = parse(path, content);
  if (model) return "was read";
  EXPECT_EQ(model.error().code, ExitCode::kBadModel);
  EXPECT_TRUE(model.error().message.starts_with(path.string() + ": ")) << model.error().message;
  EXPECT_EQ(model.error().message.find('\n'), std::string::npos);
  return model.error().message;
}

struct Unfit {
  std::string model;
  std::vector<std::string> told;  ///< What the message must hold: the culprit and the remedy.
};

class Refusal : public testing::TestWithParam<Unfit> {};

TEST_P(Refusal, NamesTheCulpritAndTheRemedy) {
  const std::filesystem::path path = small_model(GetParam().model);
  const std::string message = refusal(path, *read_file(path));
  for (const std::string& part : GetParam().told) {
    EXPECT_NE(message.find(part), std::string::npos) << "no \"" << part << "\" in: " << message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, Refusal,
    testing::Values(
        Unfit{"float_only",
              {"FULLY_CONNECTED", "float32", "not quantized", "representative_dataset"}},
        Unfit{"hybrid",
              {"FULLY_CONNECTED", "int8 weights", "float32 activations", "representative_dataset"}},
        Unfit{"dynamic_shape", {"input 'tensor_0'", "[1, -1, 4]", "input_signature"}},
        Unfit{"custom", {"custom operators", "Frobnicate (2 times), Whiten", "allow_custom_ops"}},
        Unfit{"flex", {"FlexErf, FlexRoll", "SELECT_TF_OPS"}},
        Unfit{"control_flow", {"control flow", "WHILE", "unroll"}},
        Unfit{"variable", {"'memory'", "stateful=False"}},
        Unfit{"string", {"'sentence'", "STRING"}},
        Unfit{"bad_index", {"damaged", "operator 0 (ADD)", "tensor 77 of 2"}}),
    [](const auto& info) { return info.param.model; });

TEST(Read, RefusesWhatIsNotATfliteFile) {
  EXPECT_NE(refusal("m", {}).find("empty"), std::string::npos);
  EXPECT_NE(refusal("m", Bytes(100, 0x5a)).find("TFL3"), std::string::npos);
  Bytes half = *read_file(small_model("dense"));
  half.resize(half.size() / 2);
  EXPECT_NE(refusal("m", half).find("truncated"), std::string::npos);
}

TEST(Read, BlamesTheUserForAMissingFile) {
  const auto model = read("/nowhere/x.tflite");
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ExitCode::kUsage);
}

TEST(Read, TakesTensorsAndOperatorsInOrder) {
  const auto model = read(small_model("float_ends"));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->name, "float_ends");
  std::vector<std::string> kinds;
  for (const Operator& op : model->operators) kinds.push_back(op.kind);
  EXPECT_EQ(kinds, (std::vector<std::string>{"QUANTIZE", "CONV_2D", "MEAN", "DEQUANTIZE"}));
  const Tensor& input = model->tensors[static_cast<std::size_t>(model->inputs.at(0))];
  EXPECT_EQ(input.type, ElementType::kFloat32);
  EXPECT_EQ(input.shape, (std::vector<int>{1, 8, 8, 3}));
  EXPECT_EQ(input.bytes(), 768U);
  EXPECT_FALSE(input.constant);
  const Tensor& weights = model->tensors[static_cast<std::size_t>(model->operators[1].inputs[1])];
  EXPECT_TRUE(weights.constant);
  EXPECT_EQ(weights.quantization.scale.size(), 8U);
  EXPECT_EQ(weights.quantization.axis, 0);
  const Tensor& quantized =
      model->tensors[static_cast<std::size_t>(model->operators[0].outputs[0])];
  EXPECT_EQ(quantized.quantization.zero_point, std::vector<std::int64_t>{-5});
}

TEST(Read, TakesSeveralInputsAndOutputs) {
  const auto model = read(small_model("two_ends"));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->inputs.size(), 2U);
  EXPECT_EQ(model->input_bytes(), 32U + 2U);
  EXPECT_EQ(model->output_bytes(), 32U + 8U);
}

TEST(Read, MakesADynamicBatchOne) {
  const auto model = read(small_model("dynamic_batch"));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->tensors[static_cast<std::size_t>(model->inputs[0])].shape,
            (std::vector<int>{1, 16}));
}

TEST(Identifier, IsAPlainNameForCAndCpp) {
  EXPECT_EQ(identifier("kws"), "kws");
  EXPECT_EQ(identifier("MobileNet-v2 (0.35)"), "MobileNet_v2_0_35");
  EXPECT_EQ(identifier("__x__y"), "x_y");
  EXPECT_EQ(identifier("2048"), "model_2048");
  EXPECT_EQ(identifier("int"), "int_model");
  EXPECT_EQ(identifier("thimble"), "thimble_model");
  EXPECT_EQ(identifier(""), "model");
  EXPECT_EQ(identifier("\xc3\xa9"), "model");
}

TEST(Macs, CountsTheSmallModels) {
  EXPECT_EQ(macs(*read(small_model("dense"))), 16 * 24 + 24 * 5);
  EXPECT_EQ(macs(*read(small_model("float_ends"))), 4 * 4 * 8 * (3 * 3 * 3));
  EXPECT_EQ(macs(*read(small_model("two_ends"))), 0);
}

TEST(Macs, CountsOperatorsThatTheSmallModelsLack) {
  const auto count = [](const std::string& kind, const std::vector<std::vector<int>>& shapes) {
    Model model;
    Operator op{0, kind, {}, {0}};
    for (const std::vector<int>& shape : shapes) {
      const int index = static_cast<int>(model.tensors.size());
      model.tensors.push_back({index, "", ElementType::kInt8, shape, {}, false});
      if (index > 0) op.inputs.push_back(index);
    }
    return macs(model, op);
  };
  // The result first, then the operands.
  EXPECT_EQ(count("DEPTHWISE_CONV_2D", {{1, 5, 5, 8}, {1, 5, 5, 8}, {1, 3, 3, 8}}), 5 * 5 * 8 * 9);
  EXPECT_EQ(count("TRANSPOSE_CONV", {{1, 8, 8, 6}, {4}, {6, 3, 3, 2}, {1, 4, 4, 2}}),
            (4 * 4 * 2) * (6 * 3 * 3));
  EXPECT_EQ(count("BATCH_MATMUL", {{2, 3, 5}, {2, 3, 7}, {2, 7, 5}}), 2 * 3 * 5 * 7);
  EXPECT_EQ(count("BATCH_MATMUL", {{2, 3, 5}, {2, 7, 3}, {2, 7, 5}}), 2 * 3 * 5 * 7);
}

TEST(Macs, CountsTheFullModels) {
  const std::pair<const char*, std::int64_t> known[] = {
      {"ic", 12'501'632}, {"kws", 2'656'768}, {"vww", 7'489'664}};
  for (const auto& [name, expected] : known) {
    if (full_model(name).empty()) GTEST_SKIP() << "no " << name << " in $THIMBLE_MODELS";
    EXPECT_EQ(macs(*read(full_model(name))), expected) << name;
  }
}

}  // namespace
}  // namespace thimble::tflite
