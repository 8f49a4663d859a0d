// See instruction.h. Field layouts: The RISC-V Instruction Set Manual, volume I, "RV32/64G
// Instruction Set Listings" and the "C" chapter.
#include "compiler/report/instruction.h"

namespace thimble {
namespace {

constexpr std::uint32_t field(std::uint32_t word, int low, int count) {
  return (word >> low) & ((1u << count) - 1);
}

constexpr std::int32_t sign_extend(std::uint32_t value, int bits) {
  return static_cast<std::int32_t>(value << (32 - bits)) >> (32 - bits);
}

constexpr std::uint8_t reg(std::uint32_t word, int low) {
  return static_cast<std::uint8_t>(field(word, low, 5));
}

// The three-bit registers of compressed instructions: x8 to x15.
constexpr std::uint8_t short_reg(std::uint32_t word, int low) {
  return static_cast<std::uint8_t>(8 + field(word, low, 3));
}

std::int32_t jump_offset(std::uint32_t w) {
  return sign_extend(
      field(w, 31, 1) << 20 | field(w, 12, 8) << 12 | field(w, 20, 1) << 11 | field(w, 21, 10) << 1,
      21);
}

std::int32_t branch_offset(std::uint32_t w) {
  return sign_extend(
      field(w, 31, 1) << 12 | field(w, 7, 1) << 11 | field(w, 25, 6) << 5 | field(w, 8, 4) << 1,
      13);
}

std::int32_t compressed_jump_offset(std::uint32_t w) {
  return sign_extend(field(w, 12, 1) << 11 | field(w, 8, 1) << 10 | field(w, 9, 2) << 8 |
                         field(w, 6, 1) << 7 | field(w, 7, 1) << 6 | field(w, 2, 1) << 5 |
                         field(w, 11, 1) << 4 | field(w, 3, 3) << 1,
                     12);
}

std::int32_t compressed_branch_offset(std::uint32_t w) {
  return sign_extend(field(w, 12, 1) << 8 | field(w, 5, 2) << 6 | field(w, 2, 1) << 5 |
                         field(w, 10, 2) << 3 | field(w, 3, 2) << 1,
                     9);
}

// Does this OP-FP instruction write an integer register? Comparisons, conversions and moves do.
bool writes_integer(std::uint32_t w) {
  const std::uint32_t operation = field(w, 27, 5);
  return operation == 0b10100 || operation == 0b11000 || operation == 0b11100;
}

Instruction decode_system(std::uint32_t w, Instruction i) {
  if (field(w, 12, 3) != 0) {
    i.opcode = Opcode::kCsr;
    i.immediate = static_cast<std::int32_t>(field(w, 20, 12));
    return i;
  }
  i.rd = 0;
  const bool returns = w == 0x30200073 || w == 0x10200073;  // mret, sret
  if (returns) i.opcode = Opcode::kStop;
  return i;
}

Instruction decode_vector(std::uint32_t w, Instruction i) {
  const bool configures = field(w, 12, 3) == 7;                                // vset[i]vl[i]
  const bool moves_out = field(w, 12, 3) == 2 && field(w, 26, 6) == 0b010000;  // vmv.x.s, vcpop.m
  if (!configures && !moves_out) i.rd = 0;
  return i;
}

Instruction decode_full(std::uint32_t w) {
  Instruction i{.rd = reg(w, 7), .rs1 = reg(w, 15), .rs2 = reg(w, 20)};
  const std::uint32_t funct3 = field(w, 12, 3);
  const std::int32_t immediate = sign_extend(field(w, 20, 12), 12);
  switch (w & 0x7f) {
    case 0x37:
    case 0x17:
      i.opcode = (w & 0x7f) == 0x37 ? Opcode::kLoadUpper : Opcode::kAddPc;
      i.immediate = static_cast<std::int32_t>(w & 0xfffff000);
      break;
    case 0x13:
      i.immediate = immediate;
      if (funct3 == 0) i.opcode = Opcode::kAddImmediate;
      if (funct3 == 7) i.opcode = Opcode::kAndImmediate;
      if (funct3 == 1 && field(w, 25, 7) == 0) i.opcode = Opcode::kShiftLeft;
      break;
    case 0x33:
      if (funct3 == 0 && field(w, 25, 7) == 0) i.opcode = Opcode::kAdd;
      if (funct3 == 0 && field(w, 25, 7) == 0x20) i.opcode = Opcode::kSubtract;
      if (funct3 == 0 && field(w, 25, 7) == 1) i.opcode = Opcode::kMultiply;
      break;
    case 0x03:
      i.opcode = Opcode::kLoad;
      i.immediate = immediate;
      break;
    case 0x07:  // Floating-point and vector loads: the register is none of the integers.
      i.opcode = Opcode::kAccess;
      i.rd = 0;
      if (funct3 >= 2 && funct3 <= 4) i.immediate = immediate;
      break;
    case 0x23:
    case 0x27:
      i.opcode = Opcode::kAccess;
      i.rd = 0;
      if ((w & 0x7f) == 0x23 || (funct3 >= 2 && funct3 <= 4)) {
        i.immediate = sign_extend(field(w, 25, 7) << 5 | field(w, 7, 5), 12);
      }
      break;
    case 0x43:
    case 0x47:
    case 0x4b:
    case 0x4f:
      i.rd = 0;
      break;
    case 0x53:
      if (!writes_integer(w)) i.rd = 0;
      break;
    case 0x57:
      return decode_vector(w, i);
    case 0x63:
      i = {.opcode = Opcode::kBranch, .immediate = branch_offset(w)};
      break;
    case 0x67:
      i.opcode = Opcode::kJumpRegister;
      i.immediate = immediate;
      break;
    case 0x6f:
      i.opcode = Opcode::kJump;
      i.immediate = jump_offset(w);
      break;
    case 0x73:
      return decode_system(w, i);
    case 0x0f:  // fence
      i.rd = 0;
      break;
    default:
      break;
  }
  return i;
}

Instruction decode_quadrant_0(std::uint32_t w) {
  Instruction i{.length = 2, .rd = short_reg(w, 2), .rs1 = short_reg(w, 7)};
  const auto word_offset =
      static_cast<std::int32_t>(field(w, 10, 3) << 3 | field(w, 6, 1) << 2 | field(w, 5, 1) << 6);
  const auto double_offset = static_cast<std::int32_t>(field(w, 10, 3) << 3 | field(w, 5, 2) << 6);
  switch (field(w, 13, 3)) {
    case 0:
      if (w == 0) return {.opcode = Opcode::kStop, .length = 2};  // the illegal instruction
      i.opcode = Opcode::kAddImmediate;
      i.rs1 = kSp;
      i.immediate = static_cast<std::int32_t>(field(w, 11, 2) << 4 | field(w, 7, 4) << 6 |
                                              field(w, 6, 1) << 2 | field(w, 5, 1) << 3);
      return i;
    case 2:
      i.opcode = Opcode::kLoad;
      i.immediate = word_offset;
      return i;
    case 3:
    case 6:
    case 7:
      i.opcode = Opcode::kAccess;
      i.rd = 0;
      i.immediate = word_offset;
      return i;
    case 1:
    case 5:
      i.opcode = Opcode::kAccess;
      i.rd = 0;
      i.immediate = double_offset;
      return i;
    default:
      return i;
  }
}

Instruction decode_quadrant_1(std::uint32_t w) {
  const std::int32_t immediate = sign_extend(field(w, 12, 1) << 5 | field(w, 2, 5), 6);
  Instruction i{.length = 2, .rd = reg(w, 7), .rs1 = reg(w, 7), .immediate = immediate};
  switch (field(w, 13, 3)) {
    case 0:
      i.opcode = Opcode::kAddImmediate;
      return i;
    case 1:
    case 5:
      return {.opcode = Opcode::kJump,
              .length = 2,
              .rd = field(w, 13, 3) == 1 ? kRa : std::uint8_t{0},
              .immediate = compressed_jump_offset(w)};
    case 2:
      i.opcode = Opcode::kAddImmediate;
      i.rs1 = 0;
      return i;
    case 3:
      if (i.rd == kSp) {
        i.opcode = Opcode::kAddImmediate;
        i.immediate = sign_extend(field(w, 12, 1) << 9 | field(w, 3, 2) << 7 | field(w, 5, 1) << 6 |
                                      field(w, 2, 1) << 5 | field(w, 6, 1) << 4,
                                  10);
        return i;
      }
      i.opcode = Opcode::kLoadUpper;
      i.immediate = static_cast<std::int32_t>(static_cast<std::uint32_t>(immediate) << 12);
      return i;
    case 4:
      i.rd = i.rs1 = short_reg(w, 7);
      i.rs2 = short_reg(w, 2);
      if (field(w, 10, 2) == 2) i.opcode = Opcode::kAndImmediate;
      if (field(w, 10, 2) == 3 && field(w, 12, 1) == 0 && field(w, 5, 2) == 0) {
        i.opcode = Opcode::kSubtract;
      }
      return i;
    default:
      return {.opcode = Opcode::kBranch, .length = 2, .immediate = compressed_branch_offset(w)};
  }
}

Instruction decode_quadrant_2(std::uint32_t w) {
  Instruction i{.length = 2, .rd = reg(w, 7), .rs1 = kSp};
  const std::uint8_t rs2 = reg(w, 2);
  switch (field(w, 13, 3)) {
    case 0:
      i.opcode = Opcode::kShiftLeft;
      i.rs1 = i.rd;
      i.immediate = static_cast<std::int32_t>(field(w, 2, 5));
      return i;
    case 2:
      i.opcode = Opcode::kLoad;
      i.immediate = static_cast<std::int32_t>(field(w, 12, 1) << 5 | field(w, 4, 3) << 2 |
                                              field(w, 2, 2) << 6);
      return i;
    case 4:
      if (rs2 == 0) {
        if (i.rd == 0) return {.length = 2};  // ebreak: a debugger goes on
        const std::uint8_t link = field(w, 12, 1) == 1 ? kRa : std::uint8_t{0};
        return {.opcode = Opcode::kJumpRegister, .length = 2, .rd = link, .rs1 = i.rd};
      }
      i.opcode = Opcode::kAdd;
      i.rs1 = field(w, 12, 1) == 1 ? i.rd : std::uint8_t{0};
      i.rs2 = rs2;
      return i;
    default:  // floating-point loads and all stores, relative to sp
      i.opcode = Opcode::kAccess;
      i.rd = 0;
      return i;
  }
}

}  // namespace

std::optional<Instruction> decode(std::span<const std::uint8_t> code) {
  if (code.size() < 2) return std::nullopt;
  const std::uint32_t low = code[0] | std::uint32_t{code[1]} << 8;
  switch (low & 3) {
    case 0:
      return decode_quadrant_0(low);
    case 1:
      return decode_quadrant_1(low);
    case 2:
      return decode_quadrant_2(low);
    default:
      if (code.size() < 4) return std::nullopt;
      return decode_full(low | std::uint32_t{code[2]} << 16 | std::uint32_t{code[3]} << 24);
  }
}

}  // namespace thimble
