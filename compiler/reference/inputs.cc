// Makes inputs for validation, in integers throughout: no platform rounds them differently.
#include "compiler/reference/inputs.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace thimble {
namespace {

using tflite::ElementType;
using tflite::Tensor;

// splitmix64: every seed is a good one.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // From low to high, both included; the span is far below 64 bits, so the bias of the remainder is
  // none.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
  }

 private:
  std::uint64_t state_;
};

// The values an input may take: level * step as a float, or the level itself.
struct Levels {
  std::int64_t low;
  std::int64_t high;
  std::int64_t zero;
  float step = 0;
};

Levels levels_of_type(ElementType type) {
  switch (type) {
    case ElementType::kInt4:
      return {-8, 7, 0};
    case ElementType::kInt8:
      return {-128, 127, 0};
    case ElementType::kUint8:
      return {0, 255, 0};
    case ElementType::kUint16:
    case ElementType::kUint32:
      return {0, 65535, 0};
    case ElementType::kBool:
      return {0, 1, 0};
    case ElementType::kFloat32:
    case ElementType::kFloat16:
      return {-32768, 32768, 0, 1.0F / 32768};
    // Wide integers that are not quantized count or index: moderate values.
    case ElementType::kInt16:
    case ElementType::kInt32:
    case ElementType::kInt64:
      return {-32768, 32767, 0};
  }
  return {0, 0, 0};
}

// What `op` lets its operand `index` be, when that is narrower than its type.
void narrow(const tflite::Model& model, const tflite::Operator& op, int index, Levels& levels) {
  const auto tensor = [&](int i) -> const Tensor& {
    return model.tensors[static_cast<std::size_t>(i)];
  };
  if (op.kind == "QUANTIZE" && op.inputs[0] == index && levels.step > 0) {
    const Tensor& to = tensor(op.outputs[0]);
    if (to.quantization.scale.size() != 1) return;
    constexpr int kPerStep = 16;
    const Levels stored = levels_of_type(to.type);
    const std::int64_t zero = to.quantization.zero_point[0];
    const std::int64_t beyond = (stored.high - stored.low) / 16;
    levels = {(stored.low - beyond - zero) * kPerStep, (stored.high + beyond - zero) * kPerStep, 0,
              to.quantization.scale[0] / kPerStep};
  }
  // An index outside the table would be an error of the model's user.
  const bool gather = op.kind == "GATHER" && op.inputs.size() > 1 && op.inputs[1] == index;
  const bool lookup =
      op.kind == "EMBEDDING_LOOKUP" && op.inputs.size() > 1 && op.inputs[0] == index;
  if (gather || lookup) {
    const Tensor& table = tensor(op.inputs[gather ? 0 : 1]);
    if (!table.shape.empty()) levels = {0, std::max(std::ranges::min(table.shape), 1) - 1, 0};
  }
}

Levels levels_of(const tflite::Model& model, const Tensor& tensor) {
  Levels levels = levels_of_type(tensor.type);
  if (!tensor.quantization.zero_point.empty() && levels.step == 0) {
    levels.zero = std::clamp(tensor.quantization.zero_point[0], levels.low, levels.high);
  }
  for (const tflite::Operator& op : model.operators) {
    if (std::ranges::find(op.inputs, tensor.index) != op.inputs.end()) {
      narrow(model, op, tensor.index, levels);
    }
  }
  return levels;
}

std::vector<std::int64_t> smooth(const Tensor& tensor, const Levels& levels, Random& random) {
  // Interpolated between the corners of cells of 8 x 8 pixels, each channel for itself.
  constexpr std::size_t kCell = 8;
  const auto size_from_end = [&](std::size_t i) {
    return tensor.shape.size() < i
               ? std::size_t{1}
               : static_cast<std::size_t>(tensor.shape[tensor.shape.size() - i]);
  };
  const bool flat = tensor.shape.size() < 3;
  const std::size_t channels = flat ? 1 : size_from_end(1);
  const std::size_t width = flat ? size_from_end(1) : size_from_end(2);
  const std::size_t height = tensor.elements() / std::max<std::size_t>(channels * width, 1);
  const std::size_t columns = width / kCell + 2;
  const std::size_t rows = height / kCell + 2;
  std::vector<std::int64_t> corners(rows * columns * channels);
  for (std::int64_t& corner : corners) corner = random.between(levels.low, levels.high);
  std::vector<std::int64_t> values;
  values.reserve(tensor.elements());
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      for (std::size_t c = 0; c < channels; ++c) {
        const auto corner = [&](std::size_t dy, std::size_t dx) {
          return corners[((y / kCell + dy) * columns + x / kCell + dx) * channels + c];
        };
        const auto fx = static_cast<std::int64_t>(x % kCell);
        const auto fy = static_cast<std::int64_t>(y % kCell);
        constexpr auto kSide = static_cast<std::int64_t>(kCell);
        const std::int64_t above = corner(0, 0) * (kSide - fx) + corner(0, 1) * fx;
        const std::int64_t below = corner(1, 0) * (kSide - fx) + corner(1, 1) * fx;
        values.push_back((above * (kSide - fy) + below * fy) / (kSide * kSide));
      }
    }
  }
  return values;
}

enum Kind : std::uint8_t { kUniform, kSmooth, kSparse, kExtreme, kAllLow, kAllHigh, kKinds };

std::vector<std::int64_t> make_levels(const Tensor& tensor, const Levels& levels, Kind kind,
                                      Random& random) {
  if (kind == kSmooth) return smooth(tensor, levels, random);
  std::vector<std::int64_t> values(tensor.elements(), kind == kAllLow ? levels.low : levels.high);
  const std::int64_t extremes[] = {levels.low, levels.zero, levels.high};
  for (std::int64_t& value : values) {
    if (kind == kUniform) value = random.between(levels.low, levels.high);
    if (kind == kExtreme) value = extremes[random.between(0, 2)];
    if (kind == kSparse) {
      value = random.between(0, 7) == 0 ? random.between(levels.low, levels.high) : levels.zero;
    }
  }
  return values;
}

void append(Bytes& bytes, std::uint64_t word, int size) {
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(word >> (8 * i)));
}

void append(Bytes& bytes, const Tensor& tensor, const Levels& levels, std::int64_t level) {
  const int size = std::max(tflite::bits(tensor.type) / 8, 1);
  if (tensor.type == ElementType::kFloat32) {
    append(bytes, std::bit_cast<std::uint32_t>(static_cast<float>(level) * levels.step), size);
  } else {
    append(bytes, static_cast<std::uint64_t>(level), size);
  }
}

}  // namespace

Bytes make_sample(const tflite::Model& model, std::uint64_t seed, int index) {
  assert(index >= 0);
  Bytes sample;
  const auto kind = static_cast<Kind>(index % kKinds);
  for (const int input : model.inputs) {
    const Tensor& tensor = model.tensors[static_cast<std::size_t>(input)];
    Random random(Random(Random(seed).next() + static_cast<std::uint64_t>(index)).next() +
                  static_cast<std::uint64_t>(input));
    const Levels levels = levels_of(model, tensor);
    for (const std::int64_t level : make_levels(tensor, levels, kind, random)) {
      append(sample, tensor, levels, level);
    }
  }
  return sample;
}

}  // namespace thimble
