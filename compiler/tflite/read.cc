// Reads a .tflite file: the whole of it is verified before anything in it is believed, and every
// index is checked before it is used.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "compiler/base/file.h"
#include "compiler/tflite/model.h"
#include "compiler/tflite/operators.h"
#include "compiler/tflite/quantized.h"
#include "model_generated.h"

namespace thimble::tflite {
namespace {

// Far above what a 32-bit microcontroller can hold; keeps all products of sizes within 64 bits.
constexpr std::int64_t kMostElements = std::int64_t{1} << 28;
constexpr std::int64_t kMostMacs = std::int64_t{1} << 56;
constexpr std::size_t kMostDimensions = 8;
constexpr int kDeepestTable = 32;
constexpr int kMostTables = 1'000'000;

template <typename T>
std::vector<T> copy(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? std::vector<T>{} : std::vector<T>(vector->begin(), vector->end());
}

template <typename T>
std::uint32_t count(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

// The type, or the name of one that no graph of ours can use.
std::expected<ElementType, std::string> element_type(schema::TensorType type) {
  switch (type) {
    case schema::TensorType_FLOAT32:
      return ElementType::kFloat32;
    case schema::TensorType_FLOAT16:
      return ElementType::kFloat16;
    case schema::TensorType_INT4:
      return ElementType::kInt4;
    case schema::TensorType_INT8:
      return ElementType::kInt8;
    case schema::TensorType_INT16:
      return ElementType::kInt16;
    case schema::TensorType_INT32:
      return ElementType::kInt32;
    case schema::TensorType_INT64:
      return ElementType::kInt64;
    case schema::TensorType_UINT8:
      return ElementType::kUint8;
    case schema::TensorType_UINT16:
      return ElementType::kUint16;
    case schema::TensorType_UINT32:
      return ElementType::kUint32;
    case schema::TensorType_BOOL:
      return ElementType::kBool;
    default: {
      const std::string known = schema::EnumNameTensorType(type);
      return std::unexpected(known.empty() ? fmt::format("{}", static_cast<int>(type)) : known);
    }
  }
}

class Reader {
 public:
  Reader(const std::filesystem::path& path, const schema::Model& file) : file_(file) {
    model_.path = path;
    model_.name = identifier(path.stem().string());
  }

  Result<Model> read() {
    if (count(file_.subgraphs()) == 0) return damaged("it holds no graph");
    TRY(check_operators(model_.path, file_));
    graph_ = file_.subgraphs()->Get(0);
    for (std::uint32_t i = 0; i < count(graph_->tensors()); ++i) TRY(read_tensor(i));
    TRY(read_ends());
    for (std::uint32_t i = 0; i < count(graph_->operators()); ++i) TRY(read_operator(i));
    for (const int index : model_.outputs) TRY(check_available(index, "an output"));
    TRY(check_quantized(model_));
    return std::move(model_);
  }

 private:
  template <typename... Args>
  [[nodiscard]] std::unexpected<Error> refuse(fmt::format_string<Args...> format,
                                              Args&&... args) const {
    return fail(ExitCode::kBadModel, "{}: {}", model_.path.string(),
                fmt::format(format, std::forward<Args>(args)...));
  }

  template <typename... Args>
  [[nodiscard]] std::unexpected<Error> damaged(fmt::format_string<Args...> format,
                                               Args&&... args) const {
    return refuse("damaged: {}; export the model again",
                  fmt::format(format, std::forward<Args>(args)...));
  }

  Status read_tensor(std::uint32_t index) {
    const schema::Tensor& from = *graph_->tensors()->Get(index);
    Tensor tensor;
    tensor.index = static_cast<int>(index);
    if (from.name() != nullptr) tensor.name = from.name()->str();
    const std::string label = fmt::format("tensor {} ('{}')", index, printable(tensor.name));
    const auto type = element_type(from.type());
    if (!type) {
      return refuse(
          "{} is of unsupported type {}; leave such tensors out of the exported model and quantize "
          "the rest to int8 (converter.representative_dataset = ...)",
          label, type.error());
    }
    tensor.type = *type;
    if (from.is_variable()) {
      return refuse(
          "{} keeps its value between inferences; make it an input and an output of the model "
          "(stateful=False in Keras layers)",
          label);
    }
    if (from.sparsity() != nullptr) {
      return refuse("{} is stored sparse; convert without tf.lite.Optimize.EXPERIMENTAL_SPARSITY",
                    label);
    }
    tensor.shape = copy(from.shape());
    TRY(read_value(from, tensor, label));
    TRY(read_shape(from, tensor, label));
    TRY(read_quantization(from, tensor, label));
    model_.tensors.push_back(std::move(tensor));
    return {};
  }

  Status read_value(const schema::Tensor& from, Tensor& tensor, const std::string& label) {
    if (from.external_buffer() != 0) {
      return refuse("{} is stored in another file; convert without external weights", label);
    }
    if (from.buffer() >= count(file_.buffers())) {
      return damaged("{} refers to buffer {} of {}", label, from.buffer(), count(file_.buffers()));
    }
    const schema::Buffer& buffer = *file_.buffers()->Get(from.buffer());
    // Offset 1 stands for an empty place holder; beyond, values lie outside the verified part.
    if (buffer.offset() > 1 || buffer.size() > 1) {
      return refuse("{} is stored outside the model proper, as for models above 2 GB", label);
    }
    value_bytes_ = count(buffer.data());
    tensor.constant = value_bytes_ > 0 || std::ranges::find(tensor.shape, 0) != tensor.shape.end();
    return {};
  }

  // Whatever follows may multiply any subset of the dimensions.
  Status read_shape(const schema::Tensor& from, Tensor& tensor, const std::string& label) {
    const std::vector<int> signature = copy(from.shape_signature());
    if (!tensor.shape.empty() && !tensor.constant &&
        (tensor.shape[0] < 1 || (signature.size() == tensor.shape.size() && signature[0] < 0))) {
      tensor.shape[0] = 1;
    }
    if (tensor.shape.size() > kMostDimensions) {
      return refuse("{} has {} dimensions where {} are supported; reshape it", label,
                    tensor.shape.size(), kMostDimensions);
    }
    std::int64_t elements = 1;
    for (const int size : tensor.shape) {
      if (size < 0) return damaged("{} has a dimension of size {}", label, size);
      elements *= std::max(size, 1);
      if (elements > kMostElements) {
        return refuse("{} has more than {} elements; make the model smaller", label, kMostElements);
      }
    }
    if (value_bytes_ > 0 && value_bytes_ != tensor.bytes()) {
      return damaged("{} has {} bytes of data where its shape needs {}", label, value_bytes_,
                     tensor.bytes());
    }
    return {};
  }

  Status read_quantization(const schema::Tensor& from, Tensor& tensor, const std::string& label) {
    const schema::QuantizationParameters* parameters = from.quantization();
    if (parameters == nullptr) return {};
    if (parameters->details_type() != 0) {
      return refuse(
          "{} has blockwise or custom quantization; convert with per-channel int8 weights "
          "(the converter's default)",
          label);
    }
    Quantization& to = tensor.quantization;
    to.scale = copy(parameters->scale());
    to.zero_point = copy(parameters->zero_point());
    if (to.zero_point.empty()) to.zero_point.resize(to.scale.size());
    to.axis = parameters->quantized_dimension();
    const bool finite = std::ranges::all_of(
        to.scale, [](float scale) { return std::isfinite(scale) && scale >= 0; });
    if (!finite || to.scale.size() != to.zero_point.size()) {
      return damaged("{} has impossible quantization parameters", label);
    }
    if (to.scale.size() < 2) return {};
    if (to.axis < 0 || static_cast<std::size_t>(to.axis) >= tensor.shape.size() ||
        static_cast<std::size_t>(tensor.shape[static_cast<std::size_t>(to.axis)]) !=
            to.scale.size()) {
      return damaged("{} has {} scales that fit none of its dimensions", label, to.scale.size());
    }
    return {};
  }

  Status read_ends() {
    model_.inputs = copy(graph_->inputs());
    model_.outputs = copy(graph_->outputs());
    available_.assign(model_.tensors.size(), false);
    for (const Tensor& tensor : model_.tensors) {
      available_[static_cast<std::size_t>(tensor.index)] = tensor.constant;
    }
    if (model_.inputs.empty()) return refuse("it has no inputs; export a function of a tensor");
    if (model_.outputs.empty()) return refuse("it has no outputs; export a function's result");
    for (const int index : model_.inputs) {
      TRY(check_index(index, "an input"));
      const Tensor& tensor = model_.tensors[static_cast<std::size_t>(index)];
      if (available_[static_cast<std::size_t>(index)]) {
        return damaged("tensor {} ('{}') is an input twice, or an input and a constant", index,
                       printable(tensor.name));
      }
      available_[static_cast<std::size_t>(index)] = true;
      TRY(check_end(tensor, "input"));
    }
    for (const int index : model_.outputs) {
      TRY(check_index(index, "an output"));
      TRY(check_end(model_.tensors[static_cast<std::size_t>(index)], "output"));
    }
    return {};
  }

  // Only the first dimension may be left open: it is the batch, and becomes 1. Inside the graph a
  // size may be open: it settles with the inputs.
  Status check_end(const Tensor& tensor, std::string_view role) const {
    if (tensor.type == ElementType::kFloat16 || tensor.type == ElementType::kInt4) {
      return refuse("{} '{}' is {}; set converter.inference_{}_type = tf.int8", role,
                    printable(tensor.name), name(tensor.type), role);
    }
    if (tensor.elements() == 0) {
      return refuse("{} '{}' has no elements; leave it out of the exported function", role,
                    printable(tensor.name));
    }
    const std::vector<int> signature =
        copy(graph_->tensors()->Get(static_cast<std::uint32_t>(tensor.index))->shape_signature());
    const bool open = std::ranges::any_of(
        signature.empty() ? signature : std::vector(signature.begin() + 1, signature.end()),
        [](int size) { return size < 0; });
    if (!open) return {};
    return refuse(
        "{} '{}' has a dynamic shape [{}]; give the shape when exporting, e.g. "
        "tf.function(input_signature=[tf.TensorSpec([1, ...], tf.float32)]) or "
        "keras.Input(shape=..., batch_size=1)",
        role, printable(tensor.name), fmt::join(signature, ", "));
  }

  Status check_index(int index, std::string_view user) const {
    if (index >= 0 && static_cast<std::size_t>(index) < model_.tensors.size()) return {};
    return damaged("{} refers to tensor {} of {}", user, index, model_.tensors.size());
  }

  Status check_available(int index, std::string_view user) const {
    if (available_[static_cast<std::size_t>(index)]) return {};
    return damaged("{} needs tensor {} ('{}') that nothing has made", user, index,
                   printable(model_.tensors[static_cast<std::size_t>(index)].name));
  }

  Status read_operator(std::uint32_t index) {
    const schema::Operator& from = *graph_->operators()->Get(index);
    Operator op;
    op.index = static_cast<int>(index);
    op.kind = operator_kind(*file_.operator_codes()->Get(from.opcode_index()));
    op.inputs = copy(from.inputs());
    op.outputs = copy(from.outputs());
    const std::string label = fmt::format("operator {} ({})", index, op.kind);
    for (const int input : op.inputs) {
      if (input == -1) continue;
      TRY(check_index(input, label));
      TRY(check_available(input, label));
    }
    if (op.outputs.empty()) return damaged("{} makes nothing", label);
    for (const int output : op.outputs) {
      TRY(check_index(output, label));
      if (available_[static_cast<std::size_t>(output)]) {
        return damaged("{} makes tensor {}, which exists already", label, output);
      }
      available_[static_cast<std::size_t>(output)] = true;
    }
    macs_ += macs(model_, op);
    if (macs_ > kMostMacs) return refuse("it needs more than {} MACs; make it smaller", kMostMacs);
    model_.operators.push_back(std::move(op));
    return {};
  }

  const schema::Model& file_;
  const schema::SubGraph* graph_ = nullptr;
  Model model_;
  std::vector<bool> available_;  // by tensor: constant, input, or made by an operator read so far
  std::size_t value_bytes_ = 0;  // of the tensor being read
  std::int64_t macs_ = 0;
};

}  // namespace

Result<Model> parse(const std::filesystem::path& path, const std::vector<std::uint8_t>& content) {
  const auto not_tflite = [&](std::string_view why) {
    return fail(ExitCode::kBadModel,
                "{}: not a TFLite model: {}; give the file that converter.convert() returned",
                path.string(), why);
  };
  constexpr std::size_t kIdentifierEnd = 8;
  if (content.empty()) return not_tflite("the file is empty");
  if (content.size() >= FLATBUFFERS_MAX_BUFFER_SIZE) return not_tflite("it is larger than 2 GB");
  if (content.size() < kIdentifierEnd || std::memcmp(content.data() + 4, "TFL3", 4) != 0) {
    return not_tflite("it does not carry the identifier TFL3");
  }
  flatbuffers::Verifier verifier(content.data(), content.size(), kDeepestTable, kMostTables);
  if (!schema::VerifyModelBuffer(verifier)) return not_tflite("it is truncated or damaged");
  return Reader(path, *schema::GetModel(content.data())).read();
}

Result<Model> read(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const Bytes content, read_file(path));
  return parse(path, content);
}

}  // namespace thimble::tflite
