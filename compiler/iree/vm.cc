// See vm.h. One Frame a call; operands are decoded as they are needed, every access checked.
#include "compiler/iree/vm.h"

#include <algorithm>
#include <array>

#include "compiler/iree/opcodes.h"

namespace thimble::iree {
namespace {

constexpr std::uint64_t kMostSteps = 50'000'000;  // a static network's schedule has some thousands
constexpr int kDeepestCall = 64;
constexpr std::uint32_t kImportBit = 0x80000000u;
constexpr std::uint16_t kRefBit = 0x8000;
constexpr std::uint16_t kRefMask = 0x3fff;

// One side of a calling convention: "rIC" "iI" "D" with the span's tuple kept apart.
struct Slot {
  char type = 0;      // 'i', 'I', 'f', 'F', 'r', or 'C' for a span
  std::string tuple;  // of a span
};

std::vector<Slot> slots(std::string_view text) {
  std::vector<Slot> result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == 'v') continue;
    Slot slot{text[i], {}};
    if (text[i] == 'C') {
      const std::size_t end = std::min(text.find('D', i), text.size());
      slot.tuple = text.substr(i + 1, end - i - 1);
      i = end;
    }
    result.push_back(std::move(slot));
  }
  return result;
}

std::pair<std::vector<Slot>, std::vector<Slot>> signature(std::string_view convention) {
  convention.remove_prefix(std::min<std::size_t>(1, convention.size()));
  const std::size_t split = convention.find('_');
  if (split == std::string_view::npos) return {slots(convention), {}};
  return {slots(convention.substr(0, split)), slots(convention.substr(split + 1))};
}

constexpr bool is_wide(char type) {
  return type == 'I' || type == 'F';
}

std::int32_t s32(std::uint64_t value) {
  return static_cast<std::int32_t>(value);
}
std::int64_t s64(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

}  // namespace

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

void Frame::follow(const Jump& jump) {
  std::vector<Value> values;
  for (const auto& [source, target] : jump.moves) {
    values.push_back(get_value((source & kRefBit) != 0 ? 'r' : 'i', source));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    set_value((jump.moves[i].second & kRefBit) != 0 ? 'r' : 'i', jump.moves[i].second, values[i]);
  }
  if (jump.target >= function_.bytecode.size()) damage("jump out of the function");
  pc_ = jump.target;
}

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
  if (divides && (b == 0 || (is_signed && sb == -1))) {
    damage("division by zero or minus one");
    return true;
  }
  std::uint64_t value = 0;
  if (operation == "add")
    value = a + b;
  else if (operation == "sub")
    value = a - b;
  else if (operation == "mul")
    value = a * b;
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
  if (name == "not.i32")
    give('i', ~take('i'));
  else if (name == "not.i64")
    give('I', ~take('I'));
  else if (name == "trunc.i32.i8")
    give('i', take('i') & 0xff);
  else if (name == "trunc.i32.i16")
    give('i', take('i') & 0xffff);
  else if (name == "trunc.i64.i32")
    give('i', take('I'));
  else if (name == "ext.i8.i32.s")
    give('i', static_cast<std::uint64_t>(std::int64_t{static_cast<std::int8_t>(take('i'))}));
  else if (name == "ext.i8.i32.u")
    give('i', take('i') & 0xff);
  else if (name == "ext.i16.i32.s")
    give('i', static_cast<std::uint64_t>(std::int64_t{static_cast<std::int16_t>(take('i'))}));
  else if (name == "ext.i16.i32.u")
    give('i', take('i') & 0xffff);
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
  return true;
}

Status Frame::do_call(bool variadic, bool yieldable) {
  const std::uint32_t callee = read<std::uint32_t>();
  std::vector<std::uint16_t> segments;
  if (variadic) segments = list();
  const std::vector<std::uint16_t> operands = list();
  std::uint32_t resume = 0;
  if (yieldable) resume = read<std::uint32_t>();
  const std::vector<std::uint16_t> results = list();
  const bool imported = (callee & kImportBit) != 0;
  const std::uint32_t index = callee & ~kImportBit;
  if (index >= (imported ? vm_.module_.imports.size() : vm_.module_.functions.size())) {
    damage("call of a function that is not there");
    return {};
  }
  const auto [inputs, outputs] =
      signature(imported ? vm_.module_.imports[index].calling_convention
                         : vm_.module_.functions[index].calling_convention);
  std::size_t next = 0;
  const auto operand = [&](char type) {
    if (next >= operands.size()) {
      damage("call with too few operands");
      return Value{};
    }
    return get_value(type, operands[next++]);
  };
  std::vector<Argument> arguments;
  for (std::size_t i = 0; i < inputs.size() && error_.empty(); ++i) {
    Argument argument;
    if (inputs[i].type != 'C') {
      argument.value = operand(inputs[i].type);
    } else {
      const int count = i < segments.size() ? segments[i] : 0;
      for (int k = 0; k < count && error_.empty(); ++k) {
        argument.span.emplace_back();
        for (const char type : inputs[i].tuple) argument.span.back().push_back(operand(type));
      }
    }
    arguments.push_back(std::move(argument));
  }
  if (!error_.empty()) return {};
  std::vector<Value> answer;
  if (imported) {
    ASSIGN_OR_RETURN(answer, vm_.imports_(vm_.module_.imports[index].name, arguments));
  } else {
    std::vector<Value> values;
    for (const Argument& argument : arguments) values.push_back(argument.value);
    ASSIGN_OR_RETURN(answer, vm_.call(index, values, depth_ + 1));
  }
  if (answer.size() != outputs.size() || results.size() != outputs.size()) {
    damage("call with another number of results");
    return {};
  }
  for (std::size_t i = 0; i < results.size(); ++i)
    set_value(outputs[i].type, results[i], answer[i]);
  if (yieldable) follow({resume, {}});
  return {};
}

// Executes one instruction; true when the function has returned.
Result<bool> Frame::step(std::uint8_t opcode, std::vector<Value>& results) {
  const std::string_view name = opcode_name(opcode);
  const auto global = [&](std::uint32_t width) -> std::uint8_t* {
    const std::uint32_t at = read<std::uint32_t>();
    if (at + std::uint64_t{width} <= vm_.globals_.size()) return &vm_.globals_[at];
    damage("global out of range");
    return nullptr;
  };
  const auto global_ref = [&]() -> Ref& {
    const std::uint32_t at = read<std::uint32_t>();
    read<std::uint32_t>();  // its type
    if (at < vm_.global_refs_.size()) return vm_.global_refs_[at];
    damage("global out of range");
    return scrap_;
  };
  if (name == "Block") {
  } else if (name == "global.load.i32" || name == "global.load.i64") {
    const std::uint32_t width = name.ends_with("64") ? 8 : 4;
    const std::uint8_t* place = global(width);
    std::uint64_t value = 0;
    for (std::uint32_t i = 0; place != nullptr && i < width; ++i)
      value |= std::uint64_t{place[i]} << (8 * i);
    give(width == 8 ? 'I' : 'i', value);
  } else if (name == "global.store.i32" || name == "global.store.i64") {
    const std::uint32_t width = name.ends_with("64") ? 8 : 4;
    std::uint8_t* place = global(width);
    const std::uint64_t value = take(width == 8 ? 'I' : 'i');
    for (std::uint32_t i = 0; place != nullptr && i < width; ++i)
      place[i] = static_cast<std::uint8_t>(value >> (8 * i));
  } else if (name == "global.load.ref") {
    const Ref& place = global_ref();
    give_ref(place);
  } else if (name == "global.store.ref") {
    Ref& place = global_ref();
    place = take_ref();
  } else if (name == "const.i32.zero") {
    give('i', 0);
  } else if (name == "const.i64.zero") {
    give('I', 0);
  } else if (name == "const.i32") {
    const auto value = read<std::uint32_t>();
    give('i', value);
  } else if (name == "const.i64") {
    const auto value = read<std::uint64_t>();
    give('I', value);
  } else if (name == "const.ref.zero") {
    give_ref(nullptr);
  } else if (name == "const.ref.rodata") {
    const auto segment = read<std::uint32_t>();
    if (segment >= vm_.rodata_.size()) damage("constant segment out of range");
    give_ref(segment < vm_.rodata_.size() ? vm_.rodata_[segment] : nullptr);
  } else if (name == "select.i32" || name == "select.i64") {
    const char type = name.ends_with("64") ? 'I' : 'i';
    const bool condition = take('i') != 0;
    const std::uint64_t when_true = take(type);
    const std::uint64_t when_false = take(type);
    give(type, condition ? when_true : when_false);
  } else if (name == "select.ref") {
    const bool condition = take('i') != 0;
    read<std::uint32_t>();  // the type
    Ref when_true = take_ref();
    Ref when_false = take_ref();
    give_ref(condition ? std::move(when_true) : std::move(when_false));
  } else if (name == "cmp.eq.ref" || name == "cmp.ne.ref") {
    const bool equal = take_ref() == take_ref();
    give('i', equal == (name == "cmp.eq.ref"));
  } else if (name == "assign.ref") {
    give_ref(take_ref());
  } else if (name == "cast.any.ref") {
    Ref value = take_ref();
    read<std::uint32_t>();  // the type
    give_ref(std::move(value));
  } else if (name == "discard.refs") {
    for (const std::uint16_t item : list()) ref(item) = nullptr;
  } else if (name == "br") {
    follow(jump());
  } else if (name == "cond_br") {
    const bool condition = take('i') != 0;
    const Jump when_true = jump();
    const Jump when_false = jump();
    follow(condition ? when_true : when_false);
  } else if (name.starts_with("call")) {
    TRY(do_call(name.find("variadic") != std::string_view::npos, name.ends_with("yieldable")));
  } else if (name == "return") {
    const auto outputs = signature(function_.calling_convention).second;
    const std::vector<std::uint16_t> items = list();
    if (items.size() != outputs.size()) damage("return with another number of results");
    for (std::size_t i = 0; i < items.size() && error_.empty(); ++i) {
      results.push_back(get_value(outputs[i].type, items[i]));
    }
    return true;
  } else if (name == "fail") {
    const std::uint64_t status = take('i');
    std::string message;
    for (auto length = read<std::uint16_t>(); length > 0 && error_.empty(); --length) {
      message += static_cast<char>(read<std::uint8_t>());
    }
    if (status != 0) {
      return fail(ExitCode::kToolFailed, "{}: the schedule ends with '{}' (status {})",
                  vm_.module_.origin, message, status);
    }
  } else if (!unary(opcode) && !binary(opcode)) {
    return fail(ExitCode::kBadModel,
                "{}: the schedule needs '{}' (opcode 0x{:02x}), which is not implemented",
                vm_.module_.origin, name, opcode);
  }
  return false;
}

Result<std::vector<Value>> Frame::run(std::span<const Value> arguments) {
  const auto inputs = signature(function_.calling_convention).first;
  if (arguments.size() != inputs.size()) damage("call with another number of arguments");
  std::uint16_t next_number = 0;
  std::uint16_t next_ref = 0;
  for (std::size_t i = 0; i < inputs.size() && error_.empty(); ++i) {
    const char type = inputs[i].type;
    if (is_wide(type)) next_number = static_cast<std::uint16_t>((next_number + 1) & ~1);
    set_value(type, type == 'r' ? next_ref : next_number, arguments[i]);
    if (type == 'r') {
      ++next_ref;
    } else {
      next_number = static_cast<std::uint16_t>(next_number + (is_wide(type) ? 2 : 1));
    }
  }
  std::vector<Value> results;
  bool returned = false;
  while (!returned && error_.empty()) {
    if (vm_.steps_left_-- == 0) damage("no end in sight");
    const std::size_t at = pc_;
    const auto opcode = read<std::uint8_t>();
    if (!error_.empty()) break;
    ASSIGN_OR_RETURN(returned, step(opcode, results));
    if (!error_.empty()) error_ += fmt::format(" at {} ({})", at, opcode_name(opcode));
  }
  if (!error_.empty()) {
    return fail(ExitCode::kToolFailed, "{}: damaged module ({}); compile the model again",
                vm_.module_.origin, error_);
  }
  return results;
}

Vm::Vm(const BytecodeModule& module, ImportHandler imports)
    : module_(module),
      imports_(std::move(imports)),
      globals_(module.global_bytes),
      global_refs_(module.global_refs),
      steps_left_(kMostSteps) {
  for (const Bytes& segment : module.rodata)
    rodata_.push_back(std::make_shared<VmBuffer>(&segment));
}

Result<std::vector<Value>> Vm::call(std::string_view name, std::vector<Value> arguments) {
  const auto found = module_.exports.find(std::string(name));
  if (found == module_.exports.end()) {
    return fail(ExitCode::kToolFailed, "{}: no function '{}' in the module", module_.origin, name);
  }
  return call(found->second, arguments, 0);
}

Result<std::vector<Value>> Vm::call(std::uint32_t function, std::span<const Value> arguments,
                                    int depth) {
  if (depth > kDeepestCall) {
    return fail(ExitCode::kToolFailed, "{}: damaged module (calls nest too deeply)",
                module_.origin);
  }
  return Frame(*this, module_.functions[function], depth).run(arguments);
}

}  // namespace thimble::iree
