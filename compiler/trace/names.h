// What a trace's numbers stand for. The target records the low 24 bits of addresses; the ELF knows
// what lies there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/report/elf.h"

namespace thimble::trace {

/// Names of the steps of a plan, by the model's name.
using StepNames = std::map<std::string, std::vector<std::string>>;

class Names {
 public:
  /// Both must outlive it. Steps that `steps` does not know are called after their functions.
  Names(const ElfFile& elf, const StepNames& steps) : elf_(elf), steps_(steps) {}

  /// The task whose configuration lies there; "idle" for 0.
  [[nodiscard]] std::string task(std::uint32_t config) const;
  /// The model whose plan lies there.
  [[nodiscard]] std::string model(std::uint32_t plan) const;
  /// The step `number` of the plan that lies there.
  [[nodiscard]] std::string step(std::uint32_t plan, std::uint32_t number) const;
  /// The text that lies there.
  [[nodiscard]] std::string text(std::uint32_t address) const;
  /// A machine interrupt by its cause.
  [[nodiscard]] static std::string interrupt(std::uint32_t cause);

 private:
  [[nodiscard]] std::optional<std::uint32_t> whole(std::uint32_t low) const;
  [[nodiscard]] std::optional<std::uint32_t> word(std::uint32_t address) const;
  [[nodiscard]] std::optional<std::string> string(std::uint32_t address) const;
  [[nodiscard]] std::string symbol(std::uint32_t address) const;

  const ElfFile& elf_;
  const StepNames& steps_;
};

}  // namespace thimble::trace
