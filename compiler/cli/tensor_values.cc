// See tensor_values.h.
#include "compiler/cli/tensor_values.h"

#include <cstring>

namespace thimble::cli {
namespace {

using tflite::ElementType;

template <typename T>
T load(std::span<const std::uint8_t> bytes, std::size_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

// Calls `use` with the element in its own type.
template <typename Use>
auto with_element(ElementType type, std::span<const std::uint8_t> bytes, std::size_t i,
                  const Use& use) {
  switch (type) {
    case ElementType::kFloat32:
      return use(load<float>(bytes, i));
    case ElementType::kInt16:
      return use(load<std::int16_t>(bytes, i));
    case ElementType::kUint16:
      return use(load<std::uint16_t>(bytes, i));
    case ElementType::kInt32:
      return use(load<std::int32_t>(bytes, i));
    case ElementType::kUint32:
      return use(load<std::uint32_t>(bytes, i));
    case ElementType::kInt64:
      return use(load<std::int64_t>(bytes, i));
    case ElementType::kUint8:
    case ElementType::kBool:
      return use(load<std::uint8_t>(bytes, i));
    default:
      return use(load<std::int8_t>(bytes, i));
  }
}

}  // namespace

double value_at(const tflite::Tensor& tensor, std::span<const std::uint8_t> bytes,
                std::size_t index) {
  return with_element(tensor.type, bytes, index,
                      [](auto value) { return static_cast<double>(value); });
}

nlohmann::ordered_json values_json(const tflite::Tensor& tensor,
                                   std::span<const std::uint8_t> bytes) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < tensor.elements(); ++i) {
    with_element(tensor.type, bytes, i, [&](auto value) { list.push_back(value); });
  }
  return list;
}

std::vector<std::span<const std::uint8_t>> split(const tflite::Model& model,
                                                 const std::vector<int>& tensors,
                                                 std::span<const std::uint8_t> bytes) {
  std::vector<std::span<const std::uint8_t>> parts;
  std::size_t at = 0;
  for (const int index : tensors) {
    const std::size_t size = model.tensors[static_cast<std::size_t>(index)].bytes();
    parts.push_back(bytes.subspan(at, size));
    at += size;
  }
  return parts;
}

}  // namespace thimble::cli
