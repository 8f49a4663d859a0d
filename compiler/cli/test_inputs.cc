// See test_inputs.h.
#include "compiler/cli/test_inputs.h"

#include "compiler/cli/metrics.h"
#include "compiler/cli/tensor_values.h"
#include "compiler/reference/inputs.h"

namespace thimble::cli {
namespace {

// The first of `tensors` of each sample, as real values.
std::vector<Values> real_values(const tflite::Model& model, const std::vector<int>& tensors,
                                std::span<const Bytes> samples) {
  const tflite::Tensor& tensor = model.tensors[static_cast<std::size_t>(tensors[0])];
  const tflite::Quantization& quantization = tensor.quantization;
  const double scale = quantization.scale.empty() ? 1.0 : quantization.scale[0];
  const double zero =
      quantization.zero_point.empty() ? 0.0 : static_cast<double>(quantization.zero_point[0]);
  std::vector<Values> all;
  for (const Bytes& sample : samples) {
    Values& values = all.emplace_back();
    for (std::size_t i = 0; i < tensor.elements(); ++i)
      values.push_back((value_at(tensor, sample, i) - zero) * scale);
  }
  return all;
}

}  // namespace

Result<std::vector<Bytes>> read_test_inputs(const tflite::Model& model,
                                            const std::optional<Card>& card) {
  if (!card || !card->test_inputs || !card->accuracy) {
    return fail(ExitCode::kUsage, "{}: no card.json beside it names labelled test inputs",
                model.path.string());
  }
  const TestInputs& named = *card->test_inputs;
  ASSIGN_OR_RETURN(std::vector<Bytes> inputs, read_inputs(model, named.file));
  if (inputs.empty() || inputs.size() != named.expected.size()) {
    return fail(ExitCode::kUsage, "{}: holds {} inputs, the card labels {}", named.file.string(),
                inputs.size(), named.expected.size());
  }
  return inputs;
}

nlohmann::ordered_json accuracy_json(const tflite::Model& model, const Card& card,
                                     std::span<const Bytes> inputs,
                                     std::span<const Bytes> outputs) {
  nlohmann::ordered_json json{{"metric", card.accuracy->metric}, {"inputs", inputs.size()}};
  const std::vector<Values> given = real_values(model, model.inputs, inputs);
  const std::vector<Values> answered = real_values(model, model.outputs, outputs);
  if (const auto value =
          score(card.accuracy->metric, {given, answered, card.test_inputs->expected})) {
    json["target"] = *value;
  }
  if (card.accuracy->real) json["float"] = *card.accuracy->real;
  if (card.accuracy->int8) json["int8"] = *card.accuracy->int8;
  return json;
}

}  // namespace thimble::cli
