// See reference.h. The interpreter runs in a process of its own, so that it cannot take the tool
// down.
#include "compiler/reference/reference.h"

#include "compiler/base/process.h"

namespace thimble {
namespace {

// Takes "size in 64 bits, value" off the front of `rest`.
Result<Bytes> take(std::span<const std::uint8_t>& rest, const tflite::Model& model) {
  constexpr std::size_t kSizeBytes = 8;
  std::uint64_t size = 0;
  if (rest.size() >= kSizeBytes) {
    for (std::size_t i = 0; i < kSizeBytes; ++i) size |= std::uint64_t{rest[i]} << (8 * i);
    rest = rest.subspan(kSizeBytes);
    if (size <= rest.size()) {
      Bytes value(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
      rest = rest.subspan(size);
      return value;
    }
  }
  return fail(ExitCode::kToolFailed, "{}: the reference interpreter returned too little",
              model.path.string());
}

}  // namespace

Result<ReferenceResult> run_reference(const tflite::Model& model, std::span<const Bytes> samples,
                                      std::span<const int> tensor_indices) {
  Bytes inputs;
  for (const Bytes& sample : samples) {
    if (sample.size() != model.input_bytes()) {
      return fail(ExitCode::kUsage, "{}: takes {} bytes of input, the sample has {}",
                  model.path.string(), model.input_bytes(), sample.size());
    }
    inputs.insert(inputs.end(), sample.begin(), sample.end());
  }
  ASSIGN_OR_RETURN(const TemporaryFolder folder,
                   TemporaryFolder::make(std::filesystem::temp_directory_path() / "reference"));
  const std::filesystem::path in = folder.path() / "inputs";
  const std::filesystem::path out = folder.path() / "outputs";
  TRY(write_file(in, inputs));
  std::vector<std::string> command{python_tool("python"),
                                   "-B",
                                   (source_root() / "compiler/reference/reference.py").string(),
                                   model.path.string(),
                                   in.string(),
                                   out.string()};
  for (const int index : tensor_indices) command.push_back(std::to_string(index));
  TRY(run_tool(command));
  ASSIGN_OR_RETURN(const Bytes content, read_file(out));
  std::span<const std::uint8_t> rest = content;
  ReferenceResult result;
  for (std::size_t sample = 0; sample < samples.size(); ++sample) {
    std::vector<Bytes>& values = result.tensors.emplace_back();
    for (std::size_t i = 0; i < tensor_indices.size(); ++i) {
      ASSIGN_OR_RETURN(Bytes value, take(rest, model));
      values.push_back(std::move(value));
    }
  }
  return result;
}

}  // namespace thimble
