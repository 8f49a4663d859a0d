// What of a model its user sees: names, types, shapes and quantization of its inputs and outputs,
// and where they are in the arena.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/emit/fed_interface.h"
#include "compiler/plan/plan.h"
#include "compiler/tflite/model.h"

namespace thimble::emit {

struct InterfaceTensor {
  std::string name;
  tflite::ElementType type{};
  std::vector<int> shape;
  std::size_t elements = 0;
  std::uint64_t offset = 0;  ///< in the arena
  std::uint64_t bytes = 0;
  std::optional<float> scale;  ///< with zero_point, where quantized per tensor
  std::int64_t zero_point = 0;
};

struct Interface {
  std::string name;  ///< a C identifier
  std::uint64_t arena_bytes = 0;
  std::vector<InterfaceTensor> inputs;
  std::vector<InterfaceTensor> outputs;
  std::optional<FedRows> fed = {};  ///< the input comes by rows, and has no place of its own
};

/// The type of a tensor's elements in C.
[[nodiscard]] const char* c_type(const InterfaceTensor& tensor);

/// As constants of C are named.
[[nodiscard]] std::string upper(std::string text);

/// `results`: which tensor of `model` each output of `plan` is.
[[nodiscard]] Interface make_interface(const tflite::Model& model, const std::vector<int>& results,
                                       const plan::Plan& plan);

/// <model>.h: the typed API for C.
[[nodiscard]] std::string c_header(const Interface& interface);
/// <model>.hpp: the typed API for C++20, with spans. Includes <model>.h.
[[nodiscard]] std::string cpp_header(const Interface& interface);
/// model_view.cc: kModel (runtime/model.h) and the arena, for applications that serve any model.
[[nodiscard]] std::string view_source(const Interface& interface);

/// models.cc: runtime::models() (runtime/models.h), for applications with models of their choice.
[[nodiscard]] std::string models_source(const std::vector<Interface>& interfaces);

}  // namespace thimble::emit
