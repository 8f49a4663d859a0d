// One call of the VM: its registers, and the decoding of its code with every access checked.
// Internal to the VM.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compiler/iree/vm.h"

namespace thimble::iree {

// Values of 64 bits take two registers.
constexpr bool is_wide(char type) {
  return type == 'I' || type == 'F';
}

// References share register lists with numbers: this bit tells them apart, the low bits are the
// register.
inline constexpr std::uint16_t kRefBit = 0x8000;
inline constexpr std::uint16_t kRefMask = 0x3fff;

class Frame {
 public:
  Frame(Vm& vm, const Function& function, int depth)
      : vm_(vm),
        function_(function),
        depth_(depth),
        numbers_(function.i32_registers + 1),
        refs_(function.ref_registers) {}

  Result<std::vector<Value>> run(std::span<const Value> arguments);

 private:
  struct Jump {
    std::uint32_t target = 0;
    std::vector<std::pair<std::uint16_t, std::uint16_t>> moves;
  };

  void damage(std::string_view what) {
    if (error_.empty()) error_ = what;
  }

  template <typename T>
  T read() {
    T value = 0;
    if (pc_ + sizeof(T) > function_.bytecode.size()) {
      damage("code ends in an instruction");
      return 0;
    }
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      value |= static_cast<T>(static_cast<T>(function_.bytecode[pc_ + i]) << (8 * i));
    }
    pc_ += sizeof(T);
    return value;
  }

  std::uint32_t& number(std::size_t ordinal) {
    if (ordinal >= numbers_.size()) {
      damage("register out of range");
      ordinal = 0;
    }
    return numbers_[ordinal];
  }
  Ref& ref(std::size_t ordinal) {
    if ((ordinal & kRefMask) >= refs_.size()) {
      damage("reference register out of range");
      return scrap_;
    }
    return refs_[ordinal & kRefMask];
  }

  std::uint64_t get(char type, std::uint16_t at) {
    if (!is_wide(type)) return number(at);
    return number(at) | static_cast<std::uint64_t>(number(at + std::size_t{1})) << 32;
  }
  void set(char type, std::uint16_t at, std::uint64_t value) {
    number(at) = static_cast<std::uint32_t>(value);
    if (is_wide(type)) number(at + std::size_t{1}) = static_cast<std::uint32_t>(value >> 32);
  }
  Value get_value(char type, std::uint16_t at) {
    return type == 'r' ? Value{0, ref(at)} : Value{get(type, at), nullptr};
  }
  void set_value(char type, std::uint16_t at, const Value& value) {
    if (type == 'r') {
      ref(at) = value.ref;
    } else {
      set(type, at, value.number);
    }
  }

  // Operands in the code's order.
  std::uint64_t take(char type) { return get(type, read<std::uint16_t>()); }
  Ref take_ref() { return ref(read<std::uint16_t>()); }
  void give(char type, std::uint64_t value) { set(type, read<std::uint16_t>(), value); }
  void give_ref(Ref value) { ref(read<std::uint16_t>()) = std::move(value); }

  std::vector<std::uint16_t> list() {
    pc_ = (pc_ + 1) & ~std::size_t{1};
    std::vector<std::uint16_t> items(read<std::uint16_t>());
    for (std::uint16_t& item : items) item = read<std::uint16_t>();
    return items;
  }
  Jump jump() {
    Jump result;
    result.target = read<std::uint32_t>();
    pc_ = (pc_ + 1) & ~std::size_t{1};
    result.moves.resize(read<std::uint16_t>());
    for (auto& [source, target] : result.moves) {
      source = read<std::uint16_t>();
      target = read<std::uint16_t>();
    }
    return result;
  }
  void follow(const Jump& jump);

  bool binary(std::uint8_t opcode);
  bool unary(std::uint8_t opcode);
  Result<bool> step(std::uint8_t opcode, std::vector<Value>& results);
  Status do_call(bool variadic, bool yieldable);

  Vm& vm_;
  const Function& function_;
  int depth_;
  std::vector<std::uint32_t> numbers_;
  std::vector<Ref> refs_;
  Ref scrap_;
  std::size_t pc_ = 0;
  std::string error_;
};

}  // namespace thimble::iree
