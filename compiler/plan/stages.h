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

  /// What a call for rows from `row` on reads begins here.
  [[nodiscard]] std::int64_t begin(int row) const { return inside(reads.first + row * reads.step); }
  /// What a call for rows up to `row_end` reads ends here.
  [[nodiscard]] std::int64_t end(int row_end) const {
    return inside(reads.first + (row_end - 1) * reads.step + reads.bytes);
  }

 private:
  [[nodiscard]] std::int64_t inside(std::int64_t byte) const;
};

inline constexpr std::size_t kNoOperand = std::numeric_limits<std::size_t>::max();

struct Stage {
  const offload::Layer* layer = nullptr;  ///< none: the caller, who feeds the model's input
  int rows = 0;
  int each_call = 1;
  int next = 0;  ///< row
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

struct Parts {
  std::vector<Stage> stages;  ///< the caller, if there is one, is the first
  std::vector<Role> roles;    ///< of operands
  std::vector<Operand> operands;
  bool is_fed = false;
};

/// Absent when the steps cannot run as a chain.
[[nodiscard]] std::optional<Parts> make_parts(const Network& network, const Chain& chain);

}  // namespace thimble::plan
