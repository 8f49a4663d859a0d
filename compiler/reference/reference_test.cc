#include "compiler/reference/reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "compiler/reference/inputs.h"
#include "tests/models/test_models.h"

namespace thimble {
namespace {

std::vector<Bytes> make_samples(const tflite::Model& model, int count) {
  std::vector<Bytes> samples;
  samples.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) samples.push_back(make_sample(model, 1, i));
  return samples;
}

TEST(Reference, GivesInnerTensorsInTheOrderAskedFor) {
  const auto model = *tflite::read(test::small_model("float_ends"));
  const int quantized = model.operators[0].outputs[0];
  const int output = model.outputs[0];
  const auto samples = make_samples(model, 7);
  const auto result = run_reference(model, samples, std::vector{output, quantized});
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->tensors.size(), 7U);
  for (std::size_t s = 0; s < samples.size(); ++s) {
    ASSERT_EQ(result->tensors[s].size(), 2U);
    EXPECT_EQ(result->tensors[s][0].size(), model.output_bytes());
    ASSERT_EQ(result->tensors[s][1].size(), 192U);
    for (std::size_t i = 0; i < 192; ++i) {
      float value = 0;
      std::memcpy(&value, samples[s].data() + 4 * i, 4);
      const float wanted = std::clamp(std::round(value / 0.02F) - 5, -128.0F, 127.0F);
      EXPECT_EQ(static_cast<std::int8_t>(result->tensors[s][1][i]), wanted) << value;
    }
  }
}

TEST(Reference, RunsOperatorsAsTheyAreDefined) {
  const auto model = *tflite::read(test::small_model("argmax"));
  const auto samples = make_samples(model, 6);
  const auto result =
      run_reference(model, samples, std::vector{model.operators[0].outputs[0], model.outputs[0]});
  ASSERT_TRUE(result) << result.error().message;
  for (const std::vector<Bytes>& sample : result->tensors) {
    for (std::size_t pixel = 0; pixel < 36; ++pixel) {
      const auto* const channels =
          reinterpret_cast<const std::int8_t*>(sample[0].data()) + 4 * pixel;
      EXPECT_EQ(sample[1][4 * pixel], std::max_element(channels, channels + 4) - channels);
    }
  }
}

TEST(Reference, TakesSeveralInputsAndADynamicBatch) {
  for (const char* name : {"two_ends", "dynamic_batch"}) {
    const auto model = *tflite::read(test::small_model(name));
    const auto result = run_reference(model, make_samples(model, 3), model.outputs);
    ASSERT_TRUE(result) << result.error().message;
    std::size_t bytes = 0;
    for (const Bytes& output : result->tensors.at(2)) bytes += output.size();
    EXPECT_EQ(bytes, model.output_bytes()) << name;
  }
}

TEST(Reference, RefusesSamplesOfWrongSize) {
  const auto model = *tflite::read(test::small_model("dense"));
  const std::vector<Bytes> samples{Bytes(15)};
  const auto result = run_reference(model, samples, model.outputs);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ExitCode::kUsage);
}

}  // namespace
}  // namespace thimble
