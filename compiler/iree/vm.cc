// See vm.h: calls, jumps, registers and globals. Operands are decoded as they are needed
// (vm_frame.h).
#include "compiler/iree/vm.h"

#include <algorithm>

#include "compiler/iree/opcodes.h"
#include "compiler/iree/vm_frame.h"

namespace thimble::iree {
namespace {

constexpr std::uint64_t kMostSteps = 100'000;  // a static network's schedule has some hundreds
constexpr int kDeepestCall = 64;
constexpr std::uint32_t kImportBit = 0x80000000u;

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

}  // namespace

void Frame::follow(const Jump& jump) {
  std::vector<Value> values;
  values.reserve(jump.moves.size());
  for (const auto& [source, target] : jump.moves) {
    values.push_back(get_value((source & kRefBit) != 0 ? 'r' : 'i', source));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    set_value((jump.moves[i].second & kRefBit) != 0 ? 'r' : 'i', jump.moves[i].second, values[i]);
  }
  if (jump.target >= function_.bytecode.size()) damage("jump out of the function");
  pc_ = jump.target;
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
    values.reserve(arguments.size());
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
      const auto c = static_cast<char>(read<std::uint8_t>());
      message += c >= ' ' && c <= '~' ? c : ' ';  // errors are one line
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
    if (vm_.steps_left_ == 0) {
      damage("no end in sight");
      break;
    }
    --vm_.steps_left_;
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
