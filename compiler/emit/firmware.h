// From a planned model to files: the model's library with its headers, and the firmware that serves
// it.
#pragma once

#include <filesystem>

#include "compiler/base/result.h"
#include "compiler/boards/board.h"
#include "compiler/emit/model_interface.h"
#include "compiler/emit/plan_source.h"
#include "compiler/isa/isa.h"
#include "compiler/plan/plan.h"
#include "compiler/report/memory.h"
#include "compiler/report/stack.h"

namespace thimble::emit {

struct Target {
  Board board;
  Isa isa;
  Limits limits;
  WeightsPlacement weights = WeightsPlacement::kRodata;
  bool counts_steps = false;  ///< the firmware can tell what each step of the plan costs
  bool traces = false;        ///< the firmware has a trace that holds a whole inference
};

/// What stands in the folder afterwards: firmware.elf, .bin, .map; lib<model>.a, <model>.h,
/// <model>.hpp.
struct Firmware {
  std::filesystem::path elf;
  ImageReport image;
};

/// Builds everything into `folder`. `object` is IREE's. The main stack is as large as the linked
/// code can need. Whether the image fits is for the caller to judge.
[[nodiscard]] Result<Firmware> build_firmware(const Target& target, const Interface& interface,
                                              const plan::Plan& plan,
                                              const std::filesystem::path& object,
                                              const std::filesystem::path& folder);

/// What the main stack of a firmware can need at most, and for which calls.
[[nodiscard]] Result<StackNeed> main_stack(const ElfFile& elf, const plan::Plan& plan);

}  // namespace thimble::emit
