// See interpreter.h. The interpretation is abstract: a register holds a constant, an offset to the
// stack pointer at entry, or something unknown. States that meet are merged until nothing changes.
#include "compiler/report/interpreter.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "compiler/report/instruction.h"

namespace thimble {
namespace {

struct Value {
  enum Kind : std::uint8_t { kUnknown, kFromElsewhere, kConstant, kStack } kind = kUnknown;
  std::uint32_t number = 0;  ///< of kStack: added to the stack pointer at entry
  bool operator==(const Value&) const = default;
};

using State = std::array<Value, 32>;

constexpr std::uint32_t kVlenbCsr = 0xc22;

bool is_caller_saved(std::size_t reg) {
  return reg == kRa || (reg >= 5 && reg <= 7) || (reg >= 10 && reg <= 17) || reg >= 28;
}

std::int32_t stack_offset(const Value& value) {
  return static_cast<std::int32_t>(value.number);
}

// Changes `into` to what holds in both. The stack pointer is taken at its deeper; of other
// registers only what they agree on remains, so that a pointer that walks through a buffer settles.
bool merge(State& into, const State& from) {
  bool changed = false;
  for (std::size_t i = 0; i < into.size(); ++i) {
    if (into[i] == from[i]) continue;
    Value merged;
    if (i == kSp && into[i].kind == Value::kStack && from[i].kind == Value::kStack) {
      merged = stack_offset(from[i]) < stack_offset(into[i]) ? from[i] : into[i];
    }
    changed |= merged != into[i];
    into[i] = merged;
  }
  return changed;
}

class Interpreter {
 public:
  Interpreter(const ElfFile& elf, Function& function, std::span<const std::uint8_t> code,
              std::uint32_t vector_bytes)
      : elf_(elf), function_(function), code_(code), vector_bytes_(vector_bytes) {}

  void run() {
    State entry{};
    entry[0] = {Value::kConstant, 0};
    entry[kSp] = {Value::kStack, 0};
    if (const Symbol* gp = elf_.find_symbol("__global_pointer$"); gp != nullptr) {
      entry[kGp] = {Value::kConstant, gp->address};
    }
    reach(function_.address, entry);
    settle();
    follow_tables();
    for (const auto& [call, depth] : calls_) function_.calls.push_back({call.second, depth});
    for (const auto& [pc, depth] : register_jumps_)
      function_.calls.push_back({std::nullopt, depth});
    function_.references.assign(references_.begin(), references_.end());
  }

 private:
  [[nodiscard]] bool inside(std::uint32_t address) const {
    return address - function_.address < code_.size();
  }

  void settle() {
    // A stack that only ever grows along a loop would never settle.
    for (std::size_t steps = 0; !pending_.empty(); ++steps) {
      if (steps > 64 * code_.size() + 1024) {
        function_.constant = false;
        return;
      }
      const std::uint32_t pc = *pending_.begin();
      pending_.erase(pending_.begin());
      step(pc, states_.at(pc));
    }
  }

  // What no jump reached is the target of a table's jump, if there is one; else that jump leaves
  // the function.
  void follow_tables() {
    bool table = false;
    std::uint32_t pc = function_.address;
    while (inside(pc) && !register_jumps_.empty()) {
      const auto instruction = decode(code_.subspan(pc - function_.address));
      if (!instruction) break;
      if (!states_.contains(pc)) {
        table = true;
        for (const auto& [jump, depth] : register_jumps_) reach(pc, State(states_.at(jump)));
        settle();
      }
      pc += instruction->length;
    }
    if (table) register_jumps_.clear();
  }

  void reach(std::uint32_t pc, const State& state) {
    const auto [place, is_new] = states_.try_emplace(pc, state);
    if (is_new || merge(place->second, state)) pending_.insert(pc);
  }

  // Control goes to `target`, here or in another function.
  void jump(std::uint32_t pc, std::uint32_t target, const State& state) {
    if (inside(target)) {
      reach(target, state);
    } else {
      call(pc, target, state);
    }
  }

  void call(std::uint32_t pc, std::optional<std::uint32_t> target, const State& state) {
    std::uint32_t& depth = calls_[{pc, target}];
    depth = std::max(depth, depth_of(state));
  }

  static std::uint32_t depth_of(const State& state) {
    const Value& sp = state[kSp];
    return sp.kind == Value::kStack && stack_offset(sp) < 0 ? 0u - sp.number : 0;
  }

  void refer(std::uint32_t address) {
    if (elf_.section_at(address) != nullptr) references_.insert(address);
  }

  void step(std::uint32_t pc, State state) {
    const auto instruction = decode(code_.subspan(pc - function_.address));
    if (!instruction) return;
    const std::uint32_t next = pc + instruction->length;
    const std::uint32_t target = pc + static_cast<std::uint32_t>(instruction->immediate);
    switch (instruction->opcode) {
      case Opcode::kStop:
        return;
      case Opcode::kBranch:
        jump(pc, target, state);
        break;
      case Opcode::kJump:
        if (instruction->rd == 0) return jump(pc, target, state);
        call(pc, target, state);
        state = after_call(state);
        break;
      case Opcode::kJumpRegister:
        if (!jump_register(pc, *instruction, state)) return;
        break;
      default:
        assign(state, *instruction, value_of(state, *instruction, pc));
        break;
    }
    const bool is_call =
        instruction->opcode == Opcode::kJump || instruction->opcode == Opcode::kJumpRegister;
    if (inside(next)) {
      reach(next, state);
    } else if (!is_call) {  // A call at the very end does not return.
      call(pc, next, state);
    }
  }

  // True if control comes back behind the jump.
  bool jump_register(std::uint32_t pc, const Instruction& instruction, State& state) {
    const Value base = state[instruction.rs1];
    const bool known = base.kind == Value::kConstant;
    const std::uint32_t target = base.number + static_cast<std::uint32_t>(instruction.immediate);
    if (instruction.rd == 0) {
      if (known) {
        jump(pc, target, state);
      } else if (instruction.rs1 != kRa && instruction.rs1 != 5) {
        register_jumps_[pc] = std::max(register_jumps_[pc], depth_of(state));
      }
      return false;
    }
    call(pc, known ? std::optional(target) : std::nullopt, state);
    state = after_call(state);
    return true;
  }

  static State after_call(State state) {
    for (std::size_t i = 0; i < state.size(); ++i) {
      if (is_caller_saved(i)) state[i] = {};
    }
    return state;
  }

  Value value_of(const State& state, const Instruction& i, std::uint32_t pc) {
    const Value a = state[i.rs1];
    const Value b = state[i.rs2];
    const auto immediate = static_cast<std::uint32_t>(i.immediate);
    if (a.kind == Value::kConstant && i.rs1 != 0 &&
        (i.opcode == Opcode::kAddImmediate || i.opcode == Opcode::kLoad ||
         i.opcode == Opcode::kAccess)) {
      refer(a.number + immediate);
    }
    switch (i.opcode) {
      case Opcode::kLoadUpper:
        return {Value::kConstant, immediate};
      case Opcode::kAddPc:
        return {Value::kConstant, pc + immediate};
      case Opcode::kAddImmediate:
        if (a.kind == Value::kUnknown || a.kind == Value::kFromElsewhere) return a;
        return {a.kind, a.number + immediate};
      case Opcode::kAndImmediate:
        // Aligning the stack pointer downwards costs at most the mask's zeros.
        if (a.kind == Value::kStack && i.immediate < 0) return {a.kind, a.number + immediate + 1};
        if (a.kind == Value::kConstant) return {a.kind, a.number & immediate};
        return {};
      case Opcode::kShiftLeft:
        if (a.kind == Value::kConstant) return {a.kind, a.number << (immediate & 31)};
        return {};
      case Opcode::kAdd:
        if (a.kind == Value::kConstant && a.number == 0 && i.rs1 == 0) return b;  // a move
        if (a.kind == Value::kConstant && b.kind == Value::kStack) {
          return {b.kind, a.number + b.number};
        }
        if (a.kind >= Value::kConstant && b.kind == Value::kConstant) {
          return {a.kind, a.number + b.number};
        }
        return {};
      case Opcode::kSubtract:
        if (a.kind >= Value::kConstant && b.kind == Value::kConstant) {
          return {a.kind, a.number - b.number};
        }
        return {};
      case Opcode::kMultiply:  // the number of vector registers that are saved, times their length
        if (a.kind == Value::kConstant && b.kind == Value::kConstant) {
          return {a.kind, a.number * b.number};
        }
        return {};
      case Opcode::kCsr:
        if (immediate == kVlenbCsr) return {Value::kConstant, vector_bytes_};
        return {Value::kFromElsewhere, 0};
      case Opcode::kLoad:
        return {Value::kFromElsewhere, 0};
      default:
        return {};
    }
  }

  void assign(State& state, const Instruction& instruction, Value value) {
    if (instruction.rd == 0) return;
    const bool upper_part =
        instruction.opcode == Opcode::kLoadUpper || instruction.opcode == Opcode::kAddPc;
    if (instruction.rd == kSp && value.kind != Value::kStack && !upper_part) {
      // Loaded, or an address: another stack is entered, of which nothing is used yet.
      if (value.kind == Value::kUnknown) function_.constant = false;
      value = {Value::kStack, 0};
    }
    state[instruction.rd] = value;
    if (instruction.rd == kSp) function_.depth = std::max(function_.depth, depth_of(state));
  }

  const ElfFile& elf_;
  Function& function_;
  std::span<const std::uint8_t> code_;
  std::uint32_t vector_bytes_;
  std::map<std::uint32_t, State> states_;
  std::set<std::uint32_t> pending_;
  std::map<std::pair<std::uint32_t, std::optional<std::uint32_t>>, std::uint32_t> calls_;
  std::map<std::uint32_t, std::uint32_t>
      register_jumps_;  ///< with depth, through unknown registers
  std::set<std::uint32_t> references_;
};

}  // namespace

void interpret(const ElfFile& elf, Function& function, std::span<const std::uint8_t> code,
               std::uint32_t vector_bytes) {
  Interpreter(elf, function, code, vector_bytes).run();
}

}  // namespace thimble
