// Reads one tensor of a file: its type, shape, quantization, and that a constant's value is all
// there.
#include <algorithm>
#include <cmath>

#include "compiler/tflite/file.h"
#include "compiler/tflite/quantized.h"

namespace thimble::tflite {
namespace {

// Far above what a 32-bit microcontroller can hold; keeps products of two tensors' sizes within 64
// bits.
constexpr std::int64_t kMostElements = std::int64_t{1} << 28;
constexpr std::size_t kMostDimensions = 8;

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

class TensorReader {
 public:
  TensorReader(const File& file, std::uint32_t index)
      : file_(file), from_(*file.model.subgraphs()->Get(0)->tensors()->Get(index)) {
    tensor_.index = static_cast<int>(index);
    if (from_.name() != nullptr) tensor_.name = from_.name()->str();
    label_ = fmt::format("tensor {} ('{}')", index, printable(tensor_.name));
  }

  Result<Tensor> read() {
    const auto type = element_type(from_.type());
    if (!type) {
      return file_.refuse(
          "{} is of unsupported type {}; leave such tensors out of the exported model and quantize "
          "the rest to int8 (converter.representative_dataset = ...)",
          label_, type.error());
    }
    tensor_.type = *type;
    if (from_.is_variable()) {
      return file_.refuse(
          "{} keeps its value between inferences; make it an input and an output of the model "
          "(stateful=False in Keras layers)",
          label_);
    }
    if (from_.sparsity() != nullptr) {
      return file_.refuse(
          "{} is stored sparse; convert without "
          "tf.lite.Optimize.EXPERIMENTAL_SPARSITY",
          label_);
    }
    tensor_.shape = copy(from_.shape());
    TRY(read_value());
    TRY(read_shape());
    TRY(read_quantization());
    return std::move(tensor_);
  }

 private:
  Status read_value() {
    if (from_.external_buffer() != 0) {
      return file_.refuse("{} is stored in another file; convert without external weights", label_);
    }
    if (from_.buffer() >= count(file_.model.buffers())) {
      return file_.damaged("{} refers to buffer {} of {}", label_, from_.buffer(),
                           count(file_.model.buffers()));
    }
    const schema::Buffer& buffer = *file_.model.buffers()->Get(from_.buffer());
    // Offset 1 stands for an empty place holder; beyond, values lie outside the verified part.
    if (buffer.offset() > 1 || buffer.size() > 1) {
      return file_.refuse("{} is stored outside the model proper, as for models above 2 GB",
                          label_);
    }
    value_bytes_ = count(buffer.data());
    tensor_.constant =
        value_bytes_ > 0 || std::ranges::find(tensor_.shape, 0) != tensor_.shape.end();
    return {};
  }

  // Whatever follows may multiply any subset of the dimensions.
  Status read_shape() {
    const std::vector<int> signature = copy(from_.shape_signature());
    if (!tensor_.shape.empty() && !tensor_.constant &&
        (tensor_.shape[0] < 1 || (signature.size() == tensor_.shape.size() && signature[0] < 0))) {
      tensor_.shape[0] = 1;
    }
    if (tensor_.shape.size() > kMostDimensions) {
      return file_.refuse("{} has {} dimensions where {} are supported; reshape it", label_,
                          tensor_.shape.size(), kMostDimensions);
    }
    std::int64_t elements = 1;
    for (const int size : tensor_.shape) {
      if (size < 0) return file_.damaged("{} has a dimension of size {}", label_, size);
      elements *= std::max(size, 1);
      if (elements > kMostElements) {
        return file_.refuse("{} has more than {} elements; make the model smaller", label_,
                            kMostElements);
      }
    }
    if (value_bytes_ > 0 && value_bytes_ != tensor_.bytes()) {
      return file_.damaged("{} has {} bytes of data where its shape needs {}", label_, value_bytes_,
                           tensor_.bytes());
    }
    return {};
  }

  Status read_quantization() {
    const schema::QuantizationParameters* parameters = from_.quantization();
    if (parameters == nullptr) return {};
    if (parameters->details_type() != 0) {
      return file_.refuse(
          "{} has blockwise or custom quantization; convert with per-channel int8 weights "
          "(the converter's default)",
          label_);
    }
    Quantization& to = tensor_.quantization;
    to.scale = copy(parameters->scale());
    to.zero_point = copy(parameters->zero_point());
    if (to.zero_point.empty()) to.zero_point.resize(to.scale.size());
    to.axis = parameters->quantized_dimension();
    const bool finite = std::ranges::all_of(
        to.scale, [](float scale) { return std::isfinite(scale) && scale >= 0; });
    const bool narrow = std::ranges::all_of(
        to.zero_point, [](std::int64_t zero) { return zero == static_cast<std::int32_t>(zero); });
    if (!finite || !narrow || to.scale.size() != to.zero_point.size()) {
      return file_.damaged("{} has impossible quantization parameters", label_);
    }
    if (to.scale.size() < 2) return {};
    if (to.axis < 0 || static_cast<std::size_t>(to.axis) >= tensor_.shape.size() ||
        static_cast<std::size_t>(tensor_.shape[static_cast<std::size_t>(to.axis)]) !=
            to.scale.size()) {
      return file_.damaged("{} has {} scales that fit none of its dimensions", label_,
                           to.scale.size());
    }
    return {};
  }

  const File& file_;
  const schema::Tensor& from_;
  Tensor tensor_;
  std::string label_;
  std::size_t value_bytes_ = 0;
};

}  // namespace

Result<Tensor> read_tensor(const File& file, std::uint32_t index) {
  return TensorReader(file, index).read();
}

}  // namespace thimble::tflite
