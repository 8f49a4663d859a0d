// What a zoo model's card tells the tool: labels, how to make an input from a recording, a clip to
// begin with.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/file.h"
#include "compiler/base/result.h"
#include "compiler/tflite/model.h"

namespace thimble::cli {

/// Labelled inputs to measure the model with, wherever it runs.
struct TestInputs {
  std::filesystem::path file;    ///< .npy: one after another
  std::vector<double> expected;  ///< of each, as the metric understands it
};

/// How good the model is on the whole test set, by the card's metric.
struct Accuracy {
  std::string metric;
  std::optional<double> real;  ///< of the float network
  std::optional<double> int8;  ///< of the model, by the reference kernels
};

struct Card {
  std::vector<std::string> labels;  ///< in the order of the first output
  std::string front_end;            ///< "log-mel", "mfcc"; empty: the input is the raw tensor
  std::vector<std::filesystem::path> clips;  ///< recordings that come with the model
  std::optional<Accuracy> accuracy;
  std::optional<TestInputs> test_inputs;
};

/// Reads card.json beside a model. Absent if there is none; damage is kToolFailed.
[[nodiscard]] Result<std::optional<Card>> read_card(const std::filesystem::path& model);

/// Turns a recording into the model's input with the card's front end.
[[nodiscard]] Result<Bytes> input_from_wav(const Card& card, const tflite::Model& model,
                                           const std::filesystem::path& wav);

}  // namespace thimble::cli
