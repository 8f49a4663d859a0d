// What a chain is made of: its stages, which run some rows at a time, and what each of its operands
// is to them.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "compiler/plan/chain.h"

namespace thimble::plan {

/// What a stage reads of an operand.
struct StageInput {
  std::size_t operand;
  offload::RowReads reads;
  std::int64_t offset;  ///< in the tensor
  std::int64_t length;
  std::size_t number;  ///< of the layer's inputs

  /// What a call for rows from `row` on reads begins here.
  [[nodiscard]] std::int64_t begin(int row) const { return inside(reads.first + row * reads.step); }
  /// What a call for rows up to `row_end` reads ends here.
  [[nodiscard]] std::int64_t end(int row_end) const {
    return inside(reads.first + (row_end - 1) * reads.step + reads.bytes);
  }
  /// Where the first row's windows begin, be it before the tensor.
  [[nodiscard]] std::int64_t first_window() const { return offset + reads.first; }

 private:
  [[nodiscard]] std::int64_t inside(std::int64_t byte) const;
};

inline constexpr std::size_t kNoOperand = std::numeric_limits<std::size_t>::max();

struct Stage {
  const offload::Layer* layer = nullptr;  ///< none: the caller, who feeds the model's input
  int rows = 0;
  int each_call = 1;  ///< rows, if stages advance by themselves
  int next = 0;       ///< row
  std::vector<StageInput> inputs;
  std::size_t output = 0;
  std::int64_t output_offset = 0;
  std::int64_t output_bytes = 0;
  std::size_t scratch = kNoOperand;

  [[nodiscard]] bool is_done() const { return next == rows; }
  [[nodiscard]] bool reduces() const { return layer != nullptr && layer->reduces; }
  [[nodiscard]] int call_rows() const;
  /// The end of what is written when all rows up to `row_end` are.
  [[nodiscard]] std::int64_t written(int row_end) const;
};

struct Reader {
  std::size_t stage;
  std::size_t input;
};

/// What an operand is for the stages.
struct Role {
  int writer = -1;
  std::vector<Reader> readers;
  bool begins = false;    ///< in the chain
  bool ends = false;      ///< in the chain
  int scratch_of = -1;    ///< a stage
  std::int64_t at = 0;    ///< of a window: the byte of the tensor that lies at its beginning
  std::int64_t most = 0;  ///< of a window: the most bytes alive
};

/// Of a stage, for its next rows.
struct Call {
  std::size_t stage = 0;
  int rows = 0;
  bool begins_turn = false;  ///< of stages that advance together
};

/// With how far they are.
struct Parts {
  std::vector<Stage> stages;  ///< the caller, if there is one, is the first
  std::vector<Role> roles;    ///< of operands
  std::vector<Operand> operands;
  bool is_fed = false;

  /// The end of what is there of an operand.
  [[nodiscard]] std::int64_t written(std::size_t operand) const;
  /// What of an operand that is there is still to be read in the chain: from that byte on, of a
  /// window in whole rows. `made`: as if that call had been made.
  [[nodiscard]] std::int64_t needed_from(std::size_t operand, const Call* made = nullptr) const;
  /// Whether a stage has what its next `rows` rows are made from.
  [[nodiscard]] bool is_ready(const Stage& stage, int rows) const;
};

/// Absent when the steps cannot run as a chain.
[[nodiscard]] std::optional<Parts> make_parts(const Network& network, const Chain& chain);

}  // namespace thimble::plan
