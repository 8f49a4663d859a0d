// See quantized.h.
#include "compiler/tflite/quantized.h"

#include <algorithm>
#include <array>

namespace thimble::tflite {
namespace {

constexpr std::string_view kQuantizeRemedy =
    "convert it with full-integer quantization: converter.optimizations = "
    "[tf.lite.Optimize.DEFAULT], converter.representative_dataset = ..., "
    "converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8] and "
    "converter.inference_input_type = converter.inference_output_type = tf.int8";
constexpr std::string_view kHybridRemedy =
    "give the converter samples to calibrate with (converter.representative_dataset = ...) so that "
    "activations are quantized too, and set converter.target_spec.supported_ops = "
    "[tf.lite.OpsSet.TFLITE_BUILTINS_INT8]";

struct Compute {
  std::string_view kind;
  std::size_t data;  ///< Which input is the activation; the weights are input 1.
};
constexpr std::array<Compute, 12> kCompute{{{"CONV_2D", 0},
                                            {"DEPTHWISE_CONV_2D", 0},
                                            {"TRANSPOSE_CONV", 2},
                                            {"CONV_3D", 0},
                                            {"FULLY_CONNECTED", 0},
                                            {"BATCH_MATMUL", 0},
                                            {"LSTM", 0},
                                            {"UNIDIRECTIONAL_SEQUENCE_LSTM", 0},
                                            {"BIDIRECTIONAL_SEQUENCE_LSTM", 0},
                                            {"RNN", 0},
                                            {"UNIDIRECTIONAL_SEQUENCE_RNN", 0},
                                            {"SVDF", 0}}};

bool is_float(const Tensor& tensor) {
  return tensor.type == ElementType::kFloat32 || tensor.type == ElementType::kFloat16;
}

const Tensor* operand(const Model& model, const Operator& op, std::size_t i) {
  if (i >= op.inputs.size() || op.inputs[i] < 0) return nullptr;
  return &model.tensors[static_cast<std::size_t>(op.inputs[i])];
}

// Weights kept small in the file and widened when the model runs count as what they are in the
// file.
const Tensor* stored(const Model& model, const Tensor* weights) {
  for (const Operator& op : model.operators) {
    if (weights != nullptr && op.kind == "DEQUANTIZE" && op.outputs[0] == weights->index) {
      return operand(model, op, 0);
    }
  }
  return weights;
}

}  // namespace

std::string printable(std::string_view text) {
  constexpr std::size_t kLongest = 120;
  std::string line(text.substr(0, kLongest));
  std::ranges::replace_if(line, [](unsigned char c) { return c < ' ' || c >= 0x7f; }, '?');
  if (text.size() > kLongest) line += "...";
  return line;
}

Status check_quantized(const Model& model) {
  for (const Operator& op : model.operators) {
    const auto* const compute = std::ranges::find(kCompute, op.kind, &Compute::kind);
    if (compute == kCompute.end()) continue;
    const Tensor* data = operand(model, op, compute->data);
    if (data == nullptr || !is_float(*data)) continue;
    const Tensor* weights = stored(model, operand(model, op, 1));
    const std::string out = printable(model.tensors[static_cast<std::size_t>(op.outputs[0])].name);
    if (weights != nullptr && !is_float(*weights)) {
      return fail(
          ExitCode::kBadModel,
          "{}: {} (tensor '{}') has {} weights but {} activations: the model is quantized for "
          "dynamic range only; {}",
          model.path.string(), op.kind, out, name(weights->type), name(data->type), kHybridRemedy);
    }
    return fail(ExitCode::kBadModel,
                "{}: {} (tensor '{}') computes in {}: the model is not quantized; {}",
                model.path.string(), op.kind, out, name(data->type), kQuantizeRemedy);
  }
  const bool all_float = std::ranges::all_of(model.operators, [&](const Operator& op) {
    return std::ranges::all_of(op.outputs, [&](int index) {
      return is_float(model.tensors[static_cast<std::size_t>(index)]);
    });
  });
  if (all_float) {
    return fail(ExitCode::kBadModel,
                "{}: every operator computes in floating point: the model is not quantized; {}",
                model.path.string(), kQuantizeRemedy);
  }
  return {};
}

}  // namespace thimble::tflite
