// Internal to the importer: what its parts share while they read one file.
#pragma once

#include <cstring>

#include "compiler/tflite/model.h"
#include "model_generated.h"

namespace thimble::tflite {

/// The verified file, and how to complain about it.
struct File {
  const std::filesystem::path& path;
  const schema::Model& model;

  template <typename... Args>
  [[nodiscard]] std::unexpected<Error> refuse(fmt::format_string<Args...> format,
                                              Args&&... args) const {
    return fail(ExitCode::kBadModel, "{}: {}", path.string(),
                fmt::format(format, std::forward<Args>(args)...));
  }

  template <typename... Args>
  [[nodiscard]] std::unexpected<Error> damaged(fmt::format_string<Args...> format,
                                               Args&&... args) const {
    return refuse("damaged: {}; export the model again",
                  fmt::format(format, std::forward<Args>(args)...));
  }
};

/// The elements of a vector, which is null when it is empty.
template <typename T>
[[nodiscard]] std::vector<T> copy(const flatbuffers::Vector<T>* vector) {
  if (vector == nullptr || vector->size() == 0) return {};
  // As bytes: the verifier aligns a vector's length, not elements wider than that.
  std::vector<T> result(vector->size());
  std::memcpy(result.data(), vector->Data(), result.size() * sizeof(T));
  return result;
}

template <typename T>
[[nodiscard]] std::uint32_t count(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

/// Reads and checks tensor `index` of the file's graph, its constant value included.
[[nodiscard]] Result<Tensor> read_tensor(const File& file, std::uint32_t index);

}  // namespace thimble::tflite
