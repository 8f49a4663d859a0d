// The VM's arithmetic and comparisons: instructions with one or two operands and a result.
#include <algorithm>

#include "compiler/iree/opcodes.h"
#include "compiler/iree/vm_frame.h"

namespace thimble::iree {
namespace {

std::int32_t s32(std::uint64_t value) {
  return static_cast<std::int32_t>(value);
}
std::int64_t s64(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

}  // namespace

// The two-operand instructions: name of the operation and the width, from the opcode's name.
bool Frame::binary(std::uint8_t opcode) {
  const std::string_view name = opcode_name(opcode);
  const std::size_t dot = name.starts_with("cmp.") ? name.find('.', 4) : name.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view operation = name.substr(0, dot);
  const bool wide = name.substr(dot + 1, 3) == "i64";
  const bool is_signed = name.ends_with(".s");
  const char type = wide ? 'I' : 'i';
  const std::size_t start = pc_;
  const std::uint64_t a = take(type);
  const bool is_shift = operation == "shl" || operation == "shr";
  const std::uint64_t b = take(is_shift ? 'i' : type);
  const std::uint64_t mask = wide ? 63 : 31;
  const std::int64_t sa = wide ? s64(a) : s32(a);
  const std::int64_t sb = wide ? s64(b) : s32(b);
  const bool divides = operation == "div" || operation == "rem";
  if (divides && b == 0) {
    damage("division by zero");
    return true;
  }
  const bool negates = divides && is_signed && sb == -1;  // the one quotient that can overflow
  std::uint64_t value = 0;
  if (operation == "add")
    value = a + b;
  else if (operation == "sub")
    value = a - b;
  else if (operation == "mul")
    value = a * b;
  else if (negates)
    value = operation == "div" ? 0 - a : 0;
  else if (operation == "div")
    value = is_signed ? static_cast<std::uint64_t>(sa / sb) : a / b;
  else if (operation == "rem")
    value = is_signed ? static_cast<std::uint64_t>(sa % sb) : a % b;
  else if (operation == "and")
    value = a & b;
  else if (operation == "or")
    value = a | b;
  else if (operation == "xor")
    value = a ^ b;
  else if (operation == "shl")
    value = a << (b & mask);
  else if (operation == "shr")
    value = is_signed ? static_cast<std::uint64_t>(sa >> (b & mask)) : a >> (b & mask);
  else if (operation == "min")
    value = is_signed ? static_cast<std::uint64_t>(std::min(sa, sb)) : std::min(a, b);
  else if (operation == "max")
    value = is_signed ? static_cast<std::uint64_t>(std::max(sa, sb)) : std::max(a, b);
  else if (operation == "cmp.eq")
    value = a == b;
  else if (operation == "cmp.ne")
    value = a != b;
  else if (operation == "cmp.lt")
    value = is_signed ? sa < sb : a < b;
  else {
    pc_ = start;
    return false;
  }
  give(operation.starts_with("cmp") ? 'i' : type, value);
  return true;
}

bool Frame::unary(std::uint8_t opcode) {
  const std::string_view name = opcode_name(opcode);
  // NOLINTBEGIN(bugprone-branch-clone): several instructions differ in their types only, which get
  // and set know.
  if (name == "not.i32")
    give('i', ~take('i'));
  else if (name == "not.i64")
    give('I', ~take('I'));
  else if (name == "trunc.i32.i8" || name == "ext.i8.i32.u")
    give('i', take('i') & 0xff);
  else if (name == "trunc.i32.i16" || name == "ext.i16.i32.u")
    give('i', take('i') & 0xffff);
  else if (name == "trunc.i64.i32")
    give('i', take('I'));
  else if (name == "ext.i8.i32.s")
    give('i', static_cast<std::uint64_t>(std::int64_t{static_cast<std::int8_t>(take('i'))}));
  else if (name == "ext.i16.i32.s")
    give('i', static_cast<std::uint64_t>(std::int64_t{static_cast<std::int16_t>(take('i'))}));
  else if (name == "ext.i32.i64.s")
    give('I', static_cast<std::uint64_t>(std::int64_t{s32(take('i'))}));
  else if (name == "ext.i32.i64.u")
    give('I', take('i'));
  else if (name == "cmp.nz.i32")
    give('i', take('i') != 0);
  else if (name == "cmp.nz.i64")
    give('i', take('I') != 0);
  else if (name == "cmp.nz.ref")
    give('i', take_ref() != nullptr);
  else
    return false;
  // NOLINTEND(bugprone-branch-clone)
  return true;
}

}  // namespace thimble::iree
