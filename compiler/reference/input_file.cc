// Reads a user's input file: raw values, or NumPy's .npy (versions 1 to 3).
#include <algorithm>
#include <charconv>
#include <optional>

#include "compiler/reference/inputs.h"

namespace thimble {
namespace {

using tflite::ElementType;
using tflite::Tensor;

constexpr std::string_view kMagic = "\x93NUMPY";

// What NumPy calls the type, without the mark of the byte order.
std::string_view numpy_name(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
      return "f4";
    case ElementType::kFloat16:
      return "f2";
    case ElementType::kInt4:
    case ElementType::kInt8:
      return "i1";
    case ElementType::kInt16:
      return "i2";
    case ElementType::kInt32:
      return "i4";
    case ElementType::kInt64:
      return "i8";
    case ElementType::kUint8:
      return "u1";
    case ElementType::kUint16:
      return "u2";
    case ElementType::kUint32:
      return "u4";
    case ElementType::kBool:
      return "b1";
  }
  return "";
}

struct Array {
  std::string type;  ///< As NumPy writes it: "<f4", "|i1".
  bool fortran_order = false;
  std::vector<int> shape;
  std::size_t data = 0;  ///< Where the values begin in the file.
};

// The text after `key` and its colon in the header, a Python dictionary of fixed form.
std::string_view after(std::string_view header, std::string_view key) {
  const std::size_t at = header.find(key);
  const std::size_t colon = at == std::string_view::npos ? at : header.find(':', at);
  if (colon == std::string_view::npos) return {};
  header.remove_prefix(colon + 1);
  return header.substr(std::min(header.find_first_not_of(' '), header.size()));
}

std::optional<std::vector<int>> tuple(std::string_view text) {
  if (!text.starts_with('(') || text.find(')') == std::string_view::npos) return std::nullopt;
  text = text.substr(1, text.find(')') - 1);
  std::vector<int> numbers;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(", "), text.size()));
    if (text.empty()) return numbers;
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0) return std::nullopt;
    numbers.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
}

std::optional<Array> parse_header(const Bytes& file) {
  const std::size_t length_bytes = file.size() > kMagic.size() && file[kMagic.size()] == 1 ? 2 : 4;
  const std::size_t start = kMagic.size() + 2 + length_bytes;
  if (file.size() < start) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    length |= std::size_t{file[kMagic.size() + 2 + i]} << (8 * i);
  }
  if (length > file.size() - start) return std::nullopt;
  const std::string_view header(reinterpret_cast<const char*>(file.data()) + start, length);
  const std::string_view type = after(header, "'descr'");
  auto shape = tuple(after(header, "'shape'"));
  if (!type.starts_with('\'') || type.find('\'', 1) == std::string_view::npos || !shape) {
    return std::nullopt;
  }
  return Array{std::string(type.substr(1, type.find('\'', 1) - 1)),
               after(header, "'fortran_order'").starts_with("True"), std::move(*shape),
               start + length};
}

std::vector<int> without_ones(std::vector<int> shape) {
  std::erase(shape, 1);
  return shape;
}

// The header, of an array of the type of the model's only input.
Result<Array> open_array(const tflite::Model& model, const std::filesystem::path& path,
                         const Bytes& file) {
  if (model.inputs.size() != 1) {
    return fail(ExitCode::kUsage,
                "{}: a .npy file holds one array, the model takes {}; give the raw values of all "
                "inputs, one after the other ({} bytes)",
                path.string(), model.inputs.size(), model.input_bytes());
  }
  const Tensor& input = model.tensors[static_cast<std::size_t>(model.inputs[0])];
  auto array = parse_header(file);
  if (!array) return fail(ExitCode::kUsage, "{}: damaged .npy header", path.string());
  const std::string wanted(numpy_name(input.type));
  const bool one_byte = wanted.ends_with('1');
  if (array->type != "<" + wanted && !(one_byte && array->type == "|" + wanted)) {
    return fail(ExitCode::kUsage, "{}: holds type '{}', the model takes {} ('{}{}')", path.string(),
                array->type, tflite::name(input.type), one_byte ? '|' : '<', wanted);
  }
  if (array->fortran_order && without_ones(array->shape).size() > 1) {
    return fail(ExitCode::kUsage,
                "{}: is in Fortran order, C order is wanted (np.ascontiguousarray)", path.string());
  }
  return *std::move(array);
}

Result<Bytes> read_array(const tflite::Model& model, const std::filesystem::path& path,
                         const Bytes& file) {
  ASSIGN_OR_RETURN(const Array array, open_array(model, path, file));
  const Tensor& input = model.tensors[static_cast<std::size_t>(model.inputs[0])];
  const bool flat =
      array.shape.size() == 1 && static_cast<std::size_t>(array.shape[0]) == input.elements();
  if (!flat && without_ones(array.shape) != without_ones(input.shape)) {
    return fail(ExitCode::kUsage, "{}: has shape ({}), the model takes ({})", path.string(),
                fmt::join(array.shape, ", "), fmt::join(input.shape, ", "));
  }
  if (file.size() - array.data != input.bytes()) {
    return fail(ExitCode::kUsage, "{}: holds {} bytes of values, its shape needs {}", path.string(),
                file.size() - array.data, input.bytes());
  }
  return Bytes(file.begin() + static_cast<std::ptrdiff_t>(array.data), file.end());
}

}  // namespace

Result<Bytes> read_input(const tflite::Model& model, const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(Bytes file, read_file(path));
  const bool array =
      file.size() >= kMagic.size() &&
      std::equal(kMagic.begin(), kMagic.end(), file.begin(),
                 [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
  if (array || path.extension() == ".npy") return read_array(model, path, file);
  if (file.size() != model.input_bytes()) {
    std::string parts;
    for (const int index : model.inputs) {
      const Tensor& input = model.tensors[static_cast<std::size_t>(index)];
      parts += fmt::format("{}{} [{}]", parts.empty() ? "" : ", ", tflite::name(input.type),
                           fmt::join(input.shape, ", "));
    }
    return fail(ExitCode::kUsage, "{}: has {} bytes, the model takes {}: {}", path.string(),
                file.size(), model.input_bytes(), parts);
  }
  return file;
}

Result<std::vector<Bytes>> read_inputs(const tflite::Model& model,
                                       const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const Bytes file, read_file(path));
  ASSIGN_OR_RETURN(const Array array, open_array(model, path, file));
  const Tensor& input = model.tensors[static_cast<std::size_t>(model.inputs[0])];
  std::size_t elements = 1;
  for (const int size : array.shape) elements *= static_cast<std::size_t>(size);
  const std::size_t bytes = file.size() - array.data;
  if (array.shape.empty() || elements % input.elements() != 0 ||
      bytes != elements / input.elements() * input.bytes()) {
    return fail(ExitCode::kUsage, "{}: has shape ({}), which is no row of inputs of shape ({})",
                path.string(), fmt::join(array.shape, ", "), fmt::join(input.shape, ", "));
  }
  std::vector<Bytes> inputs;
  for (std::size_t at = array.data; at < file.size(); at += input.bytes()) {
    const auto first = file.begin() + static_cast<std::ptrdiff_t>(at);
    inputs.emplace_back(first, first + static_cast<std::ptrdiff_t>(input.bytes()));
  }
  return inputs;
}

}  // namespace thimble
