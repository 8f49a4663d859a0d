// See validation.h.
#include "compiler/cli/validation.h"

#include "compiler/pipeline/progress.h"
#include "compiler/reference/inputs.h"

namespace thimble::cli {
namespace {

// Inside the network uint8 is computed as int8, lower by 128; only the model's own outputs are
// uint8 again.
void undo_shift(const tflite::Model& model, const std::vector<int>& results,
                std::vector<Bytes>& outputs) {
  for (Bytes& output : outputs) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < results.size(); ++i) {
      const tflite::Tensor& tensor = model.tensors[static_cast<std::size_t>(results[i])];
      if (i >= model.outputs.size() && tensor.type == tflite::ElementType::kUint8) {
        for (std::size_t byte = at; byte < at + tensor.bytes(); ++byte) output[byte] ^= 0x80;
      }
      at += tensor.bytes();
    }
  }
}

}  // namespace

std::vector<Bytes> make_samples(const tflite::Model& model, std::uint64_t seed, int count) {
  std::vector<Bytes> samples;
  samples.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) samples.push_back(make_sample(model, seed, i));
  return samples;
}

Result<Checked> check(const tflite::Model& model, const Build& built, const Board& board,
                      std::span<const Bytes> samples) {
  Checked checked;
  const int total = static_cast<int>(samples.size());
  ASSIGN_OR_RETURN(checked.run, run_on_target(board, built, samples, [&](int done) {
                     show_count("on the target: sample", done, total);
                   }));
  ReferenceResult reference;
  {
    const Stage stage("running the reference");
    ASSIGN_OR_RETURN(reference, run_reference(model, samples, built.network.results));
  }
  undo_shift(model, built.network.results, checked.run.outputs);
  checked.comparison = compare(model, built.network.results, checked.run.outputs, reference);
  return checked;
}

nlohmann::ordered_json to_json(const tflite::Model& model, const Comparison& comparison,
                               std::size_t tensors, std::uint64_t seed) {
  nlohmann::ordered_json json{{"samples", comparison.samples},
                              {"outputs", comparison.outputs},
                              {"mismatches", comparison.mismatches},
                              {"max_difference", comparison.max_difference},
                              {"tensors", tensors},
                              {"seed", seed}};
  if (comparison.first) json["first_difference"] = describe(model, *comparison.first);
  return json;
}

}  // namespace thimble::cli
