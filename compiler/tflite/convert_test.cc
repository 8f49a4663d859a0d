#include <gtest/gtest.h>

#include "compiler/base/file.h"
#include "compiler/base/process.h"
#include "compiler/tflite/model.h"
#include "tests/models/test_models.h"

namespace thimble::tflite {
namespace {

using test::small_model;

class Conversion : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file(const std::string& name) const {
    return folder_.path() / name;
  }

  [[nodiscard]] ProcessOutput convert(const Model& model) const {
    EXPECT_TRUE(canonicalize(model, file("canonical.tflite")));
    return *run_process({python_tool("tosa-converter-for-tflite"), file("canonical.tflite"),
                         "--bytecode", "--emit-debug-info", "-o", file("tosa.mlirbc")});
  }

  [[nodiscard]] std::string mlir() const {
    return *run_tool({python_tool("iree-opt"), "--allow-unregistered-dialect",
                      "--mlir-print-op-generic", "--mlir-print-debuginfo", file("tosa.mlirbc")});
  }

 private:
  TemporaryFolder folder_ =
      *TemporaryFolder::make(std::filesystem::temp_directory_path() / "convert");
};

TEST_F(Conversion, CanonicalCopyIsStaticNamedAndDeterministic) {
  for (const char* name : {"dense", "dynamic_batch", "float_ends", "two_ends", "argmax"}) {
    const Model model = *read(small_model(name));
    ASSERT_TRUE(canonicalize(model, file("a.tflite"))) << name;
    ASSERT_TRUE(canonicalize(model, file("b.tflite"))) << name;
    EXPECT_EQ(*read_file(file("a.tflite")), *read_file(file("b.tflite"))) << name;
    const Model copy = *read(file("a.tflite"));
    ASSERT_EQ(copy.tensors.size(), model.tensors.size());
    for (const Tensor& tensor : copy.tensors) {
      const Tensor& original = model.tensors[static_cast<std::size_t>(tensor.index)];
      EXPECT_EQ(tensor.name, fmt::format("t{}", tensor.index));
      EXPECT_EQ(tensor.shape, original.shape);
      EXPECT_EQ(tensor.type, original.type);
    }
    EXPECT_EQ(copy.inputs, model.inputs);
    EXPECT_EQ(copy.outputs, model.outputs);
  }
}

TEST_F(Conversion, GoodModelsBecomeStaticTosa) {
  for (const char* name : {"dense", "dynamic_batch", "float_ends", "two_ends", "argmax"}) {
    const Model model = *read(small_model(name));
    EXPECT_EQ(convert(model).exit_code, 0) << name;
    const std::string text = mlir();
    EXPECT_TRUE(check_converted(model, text)) << name;
    EXPECT_EQ(text.find("tensor<?"), std::string::npos) << name;
    const std::string result = fmt::format("loc(\"t{}\"", model.operators.back().outputs[0]);
    EXPECT_NE(text.find(result), std::string::npos) << name;
  }
}

TEST_F(Conversion, OperatorsLeftOverAreNamed) {
  const Model model = *read(small_model("unsupported"));
  EXPECT_EQ(convert(model).exit_code, 0);
  const Status status = check_converted(model, mlir());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ExitCode::kBadModel);
  EXPECT_NE(status.error().message.find("unsupported operators: TOPK_V2 (tensor 'tensor_5');"),
            std::string::npos)
      << status.error().message;
}

TEST_F(Conversion, OperatorsThatFailAreNamed) {
  const Model model = *read(small_model("elu"));
  const ProcessOutput output = convert(model);
  EXPECT_NE(output.exit_code, 0);
  const Status status = explain_conversion_failure(model, output.err);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ExitCode::kBadModel);
  EXPECT_NE(status.error().message.find("ELU (tensor 'tensor_4')"), std::string::npos)
      << status.error().message;
  EXPECT_EQ(status.error().message.find('\n'), std::string::npos);
}

TEST_F(Conversion, FailureWithoutALocationIsQuoted) {
  const Model model = *read(small_model("dense"));
  const Status status = explain_conversion_failure(model, "noise\nout of luck\n");
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("out of luck"), std::string::npos);
}

}  // namespace
}  // namespace thimble::tflite
