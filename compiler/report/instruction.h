// RV32 instructions (I, M, A, F, D, C, V) reduced to what decides control flow, addresses and the
// stack pointer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace thimble {

inline constexpr std::uint8_t kRa = 1;
inline constexpr std::uint8_t kSp = 2;
inline constexpr std::uint8_t kGp = 3;

enum class Opcode : std::uint8_t {
  kOther,         ///< nothing of interest beyond overwriting rd
  kLoadUpper,     ///< rd = immediate
  kAddPc,         ///< rd = pc + immediate
  kAddImmediate,  ///< rd = rs1 + immediate
  kAndImmediate,
  kShiftLeft,  ///< rd = rs1 << immediate
  kAdd,        ///< rd = rs1 + rs2
  kSubtract,
  kMultiply,
  kLoad,          ///< rd = memory at rs1 + immediate
  kAccess,        ///< any other access to memory at rs1 + immediate: stores, floating-point loads
  kCsr,           ///< rd = CSR number immediate
  kBranch,        ///< to pc + immediate, or on
  kJump,          ///< rd = next; to pc + immediate
  kJumpRegister,  ///< rd = next; to rs1 + immediate
  kStop           ///< control does not go on: mret, unimp
};

struct Instruction {
  Opcode opcode = Opcode::kOther;
  std::uint8_t length = 4;
  std::uint8_t rd = 0;  ///< 0: writes no integer register
  std::uint8_t rs1 = 0;
  std::uint8_t rs2 = 0;
  std::int32_t immediate = 0;
};

/// Decodes the instruction at the start of `code`; nothing if it is cut off. An instruction not
/// known is kOther with the usual rd.
[[nodiscard]] std::optional<Instruction> decode(std::span<const std::uint8_t> code);

}  // namespace thimble
