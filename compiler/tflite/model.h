// A TFLite model as the compiler sees it: one static graph of tensors and operators, read from a
// file that has been checked from end to end. Whatever cannot be compiled is refused here, with the
// remedy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"

namespace thimble::tflite {

/// The element types a graph can use on the target.
enum class ElementType : std::uint8_t {
  kFloat32,
  kFloat16,
  kInt4,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint8,
  kUint16,
  kUint32,
  kBool
};

/// Bits of one element in memory; kInt4 elements are packed two to a byte.
[[nodiscard]] int bits(ElementType type);
/// Name in the field's terms: "int8", "float32", ...
[[nodiscard]] std::string_view name(ElementType type);

/// real = scale * (stored - zero_point). Empty scale: not quantized. More than one scale: one for
/// each index along dimension `axis`.
struct Quantization {
  std::vector<float> scale;
  std::vector<std::int64_t> zero_point;
  int axis = 0;
};

struct Tensor {
  int index = 0;
  std::string name;
  ElementType type{};
  std::vector<int> shape;  ///< Static; a dynamic batch is 1. Empty for a scalar.
  Quantization quantization;
  bool constant = false;  ///< Its value stands in the file.

  [[nodiscard]] std::size_t elements() const;
  [[nodiscard]] std::size_t bytes() const;
};

struct Operator {
  int index = 0;
  std::string kind;         ///< "CONV_2D", "ADD", ...
  std::vector<int> inputs;  ///< Tensor indices; -1 for an optional input that is absent.
  std::vector<int> outputs;
  std::string activation = "NONE";  ///< Fused into a pool: "RELU6". Not read of other operators.
};

struct Model {
  std::filesystem::path path;
  std::string name;  ///< A C identifier made of the file's stem: see identifier().
  std::vector<Tensor> tensors;
  std::vector<Operator> operators;  ///< In execution order: producers before consumers.
  std::vector<int> inputs;          ///< Tensor indices
  std::vector<int> outputs;

  /// Bytes of all inputs, and of all outputs, one after the other.
  [[nodiscard]] std::size_t input_bytes() const;
  [[nodiscard]] std::size_t output_bytes() const;
};

/// Reads and checks a .tflite file. A file that cannot be opened is kUsage. One that is damaged, or
/// uses what cannot be compiled (control flow, state, float compute, dynamic shapes, custom
/// operators), is kBadModel, and the error tells how to export it so that it can.
[[nodiscard]] Result<Model> read(const std::filesystem::path& path);

/// As read(), from `content`; `path` only names the model.
[[nodiscard]] Result<Model> parse(const std::filesystem::path& path,
                                  const std::vector<std::uint8_t>& content);

/// `stem` made a name that can serve as a C++ namespace and as a prefix in C: letters, digits and
/// single underscores; neither a keyword nor reserved.
[[nodiscard]] std::string identifier(std::string_view stem);

/// Nominal multiply-accumulates of one inference: taps that fall on padding count; 0 for operators
/// that do not multiply and accumulate.
[[nodiscard]] std::int64_t macs(const Model& model, const Operator& op);
[[nodiscard]] std::int64_t macs(const Model& model);

/// Writes a copy of the model for the converter: tensors named t<index>, all shapes static, no
/// metadata.
[[nodiscard]] Status canonicalize(const Model& model, const std::filesystem::path& out);

/// The error for a model on whose canonical copy tosa-converter-for-tflite failed: names each
/// operator it stumbled over, with the tensor it makes and the reason. `converter_stderr` is what
/// the converter said.
[[nodiscard]] Status explain_conversion_failure(const Model& model,
                                                std::string_view converter_stderr);

/// The converter succeeds, too, when it leaves operators as they are. Refuses a model of which such
/// are left, each one named, with the tensor it makes. `mlir` is its result in generic form with
/// locations (iree-opt --allow-unregistered-dialect --mlir-print-op-generic
/// --mlir-print-debuginfo).
[[nodiscard]] Status check_converted(const Model& model, std::string_view mlir);

}  // namespace thimble::tflite
