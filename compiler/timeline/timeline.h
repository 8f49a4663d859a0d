// A model's memory over time: which of its tensors is where in the arena at which step of the plan,
// and what that comes to.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/pipeline/network.h"
#include "compiler/tflite/model.h"

namespace thimble::timeline {

enum class Use { kInput, kOutput, kBetween, kScratch };

/// Which bytes of a tensor matter, from its beginning in the arena, while a step runs.
struct Instant {
  double time = 0;  ///< 2.5: in the middle of step 2
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

/// Where a tensor is from one step to another, both included. Step -1 is before the first, the
/// number of steps is behind the last.
struct Place {
  int first_step = 0;
  int last_step = 0;
  std::uint64_t offset = 0;
  std::vector<Instant> outline = {};  ///< where not all of it matters; all of it before and after
};

struct Tensor {
  std::string name;  ///< the model's; several, with " + " between, where they make one
  Use use = Use::kBetween;
  std::uint64_t bytes = 0;    ///< in the arena
  std::uint64_t whole = 0;    ///< more, if only some rows are kept
  std::vector<Place> places;  ///< one after the other; a step that moves it is in both
};

/// An input whose memory the output takes while the step runs.
struct Sharing {
  int input = -1;   ///< of Timeline::tensors
  int output = -1;  ///< the same
  std::uint64_t bytes = 0;
  bool by_channel = false;  ///< bytes of both lie between each other, so that no outline shows it
};

struct Step {
  std::string name;              ///< of the layer, by the tensor that it makes
  std::string operation;         ///< "CONV_2D"
  std::string by;                ///< "microkernel", "generated", "fill", "copy", "move", "stream"
  int moved = -1;                ///< of Timeline::tensors, by a move
  int stream = -1;               ///< the step that begins a stream, for it and its stages
  std::uint32_t rows = 0;        ///< of a stage: how many a call computes
  std::vector<int> live;         ///< of Timeline::tensors
  std::uint64_t live_bytes = 0;  ///< their sum
  std::uint64_t high = 0;        ///< end of the highest
  std::uint64_t overlap = 0;     ///< bytes of the arena that two of them have
  std::vector<Sharing> sharing;
};

struct Timeline {
  std::uint64_t arena = 0;
  plan::Alternatives alternatives;
  double streaming_cost = 0;  ///< instructions that streams add, of all, about
  int peak_step = 0;  ///< where the arena is as large as ever, rather no move; -1: before all
  std::vector<Tensor> tensors;  ///< those that have bytes
  std::vector<Step> steps;
};

[[nodiscard]] Timeline make_timeline(const tflite::Model& model, const Network& network);

/// The value of the key "plan".
[[nodiscard]] nlohmann::ordered_json to_json(const Timeline& timeline);

/// For people: the steps, the tensors, who holds the peak, and what other plans would take.
[[nodiscard]] std::string to_table(const Timeline& timeline);

/// A picture of what to_json made, as SVG that stands within HTML.
[[nodiscard]] std::string to_svg(const nlohmann::ordered_json& plan, const std::string& title);

/// The same as a file of its own.
[[nodiscard]] std::string to_svg_file(const nlohmann::ordered_json& plan, const std::string& title);

}  // namespace thimble::timeline
