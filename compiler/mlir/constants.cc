// See constants.h.
#include "compiler/mlir/constants.h"

#include <charconv>

namespace thimble::mlir {
namespace {

int nibble(char c) {
  return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

// "0x0102...": the elements' bytes, little-endian.
std::vector<std::int64_t> from_hex(std::string_view digits, int bytes) {
  std::vector<std::int64_t> values;
  const std::size_t width = 2 * static_cast<std::size_t>(bytes);
  for (std::size_t at = 0; at + width <= digits.size(); at += width) {
    std::uint64_t value = 0;
    for (int byte = bytes - 1; byte >= 0; --byte) {
      const std::size_t place = at + 2 * static_cast<std::size_t>(byte);
      value = value << 8 |
              static_cast<std::uint64_t>(nibble(digits[place]) << 4 | nibble(digits[place + 1]));
    }
    const int shift = 64 - 8 * bytes;
    values.push_back(static_cast<std::int64_t>(value << shift) >> shift);
  }
  return values;
}

std::vector<std::int64_t> from_list(std::string_view text) {
  std::vector<std::int64_t> values;
  for (std::size_t at = text.find_first_of("-0123456789"); at < text.size();) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
    if (error != std::errc()) return {};
    values.push_back(value);
    at = text.find_first_of("-0123456789", static_cast<std::size_t>(end - text.data()));
  }
  return values;
}

}  // namespace

std::optional<std::vector<std::int64_t>> constant_values(const Operation& operation) {
  const std::string* attribute = operation.find("values");
  if (attribute == nullptr || operation.result_types.size() != 1) return std::nullopt;
  const auto type = tensor_type(operation.result_types[0]);
  if (!type || !type->element.starts_with('i')) return std::nullopt;
  const int bits = std::atoi(type->element.c_str() + 1);
  if (bits != 8 && bits != 16 && bits != 32) return std::nullopt;
  constexpr std::string_view kDense = "dense<";
  const std::size_t end = attribute->rfind("> : ");
  if (!attribute->starts_with(kDense) || end == std::string::npos) return std::nullopt;
  const std::string_view inside =
      std::string_view(*attribute).substr(kDense.size(), end - kDense.size());
  std::vector<std::int64_t> values = inside.starts_with("\"0x")
                                         ? from_hex(inside.substr(3, inside.size() - 4), bits / 8)
                                         : from_list(inside);
  const auto count = static_cast<std::size_t>(type->count());
  if (values.size() == 1) values.resize(count, values[0]);
  if (values.size() != count) return std::nullopt;
  return values;
}

Operation constant_operation(std::string result, const TensorType& type,
                             const std::vector<std::int64_t>& values) {
  const int bytes = std::atoi(type.element.c_str() + 1) / 8;
  std::string digits;
  digits.reserve(values.size() * 2 * static_cast<std::size_t>(bytes));
  for (const std::int64_t value : values) {
    for (int byte = 0; byte < bytes; ++byte) {
      for (const int shift : {4, 0})
        digits += "0123456789abcdef"[static_cast<std::uint64_t>(value) >> (8 * byte + shift) & 15];
    }
  }
  Operation operation;
  operation.name = "tosa.const";
  operation.results = {std::move(result)};
  operation.result_types = {print(type)};
  operation.set("values", fmt::format("dense<\"0x{}\"> : {}", digits, operation.result_types[0]));
  return operation;
}

}  // namespace thimble::mlir
