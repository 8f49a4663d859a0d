// Schedules for tests: functions that call the HAL as what iree-compile 3.13 writes does.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "compiler/iree/test_module.h"

namespace thimble::iree::test {

/// An operand of a call: a constant, or a register that holds it.
struct Operand {
  char kind;  // 'i', 'I': a constant; 'r': a reference register; 'W': the register of an i64
  std::uint64_t number;
};
inline Operand i32(std::uint64_t number) {
  return {'i', number};
}
inline Operand i64(std::uint64_t number) {
  return {'I', number};
}
inline Operand ref(std::uint64_t ordinal) {
  return {'r', ordinal};
}
inline Operand wide(std::uint64_t ordinal) {
  return {'W', ordinal};
}

using Tuples = std::vector<std::vector<Operand>>;
struct Item {
  Item(Operand operand) : one(operand) {}  // NOLINT: an operand is an item
  Item(Tuples tuples) : span(std::move(tuples)), is_span(true) {}
  Operand one{};
  Tuples span;
  bool is_span = false;
};

inline const std::map<std::string, std::string>& conventions() {
  static const std::map<std::string, std::string> table{
      {"hal.allocator.allocate", "0rIiiI_r"},
      {"hal.allocator.import", "0riIiirII_r"},
      {"hal.buffer.length", "0r_I"},
      {"hal.buffer.load", "0rIi_i"},
      {"hal.buffer.subspan", "0rII_r"},
      {"hal.buffer_view.buffer", "0r_r"},
      {"hal.buffer_view.create", "0rIIiiCID_r"},
      {"hal.command_buffer.copy_buffer", "0riirIrIII_v"},
      {"hal.command_buffer.create", "0riiIi_r"},
      {"hal.command_buffer.dispatch", "0rrIiiiICiDCiirIID_v"},
      {"hal.command_buffer.fill_buffer", "0rrIIiIiI_v"},
      {"hal.command_buffer.finalize", "0r_v"},
      {"hal.command_buffer.update_buffer", "0rrIrIIiI_v"},
      {"hal.device.queue.alloca", "0rIrrIiiII_r"},
      {"hal.device.queue.copy", "0rIrrrIrIII_v"},
      {"hal.device.queue.execute.indirect", "0rIrrrICrIID_v"},
      {"hal.device.queue.fill", "0rIrrrIIIiI_v"},
      {"hal.device.queue.read", "0rIrrrIrIII_v"},
      {"hal.device.queue.update", "0rIrrrIrIII_v"},
      {"hal.devices.get", "0i_r"},
      {"hal.ex.file.from_memory", "0rIirIIi_r"},
      {"hal.executable.lookup.function", "0rr_I"},
      {"hal.fence.await", "0iICrD_i"},
      {"hal.teleport", "0r_v"},  // nobody knows it
  };
  return table;
}

/// A module being written. Reference register 31 stays null: devices, fences, late buffers.
class Schedule {
 public:
  static constexpr std::uint16_t kNull = 31;

  TestModule module;

  /// Calls of the HAL from `code`; constants go to registers from 100 on.
  void call(Code& code, const std::string& name, const std::vector<Item>& items,
            const Registers& results = {}) {
    std::uint16_t next = 100;
    Registers operands;
    Registers segments;
    bool variadic = false;
    const auto pass = [&](const Operand& operand) {
      const auto number = static_cast<std::uint16_t>(operand.number);
      if (operand.kind == 'r') {
        operands.push_back(kRef | number);
      } else if (operand.kind == 'W') {
        operands.push_back(number);
      } else {
        if (operand.kind == 'i') {
          code.i32(next, static_cast<std::uint32_t>(operand.number));
        } else {
          code.i64(next, operand.number);
        }
        operands.push_back(next);
        next = static_cast<std::uint16_t>(next + 2);
      }
    };
    for (const Item& item : items) {
      segments.push_back(item.is_span ? static_cast<std::uint16_t>(item.span.size())
                                      : kNotRepeated);
      variadic |= item.is_span;
      if (!item.is_span) pass(item.one);
      for (const auto& tuple : item.span) {
        for (const Operand& operand : tuple) pass(operand);
      }
    }
    if (variadic) {
      code.call_variadic(import(name), segments, operands, results);
    } else {
      code.call(import(name), operands, results);
    }
  }

  void allocate(Code& code, std::uint16_t buffer, std::uint64_t size) {
    call(code, "hal.allocator.allocate", {null(), i64(0), i32(0), i32(0), i64(size)},
         {mark(buffer)});
  }
  void transient(Code& code, std::uint16_t buffer, std::uint64_t size) {
    call(code, "hal.device.queue.alloca",
         {null(), i64(0), null(), null(), i64(0), i32(48), i32(0), i64(size), i64(0)},
         {mark(buffer)});
  }
  void commands(Code& code, std::uint16_t commands) {
    call(code, "hal.command_buffer.create", {null(), i32(1), i32(3), i64(0), i32(0)},
         {mark(commands)});
  }
  void fill(Code& code, std::uint16_t commands, std::uint16_t buffer, std::uint64_t offset,
            std::uint64_t length, std::uint64_t pattern, std::uint64_t pattern_length,
            std::uint64_t slot = 0) {
    call(code, "hal.command_buffer.fill_buffer",
         {ref(commands), ref(buffer), i64(offset), i64(length), i32(slot), i64(pattern),
          i32(pattern_length), i64(0)});
  }
  void copy(Code& code, std::uint16_t commands, std::uint16_t source, std::uint64_t from,
            std::uint16_t target, std::uint64_t to, std::uint64_t length) {
    call(code, "hal.command_buffer.copy_buffer",
         {ref(commands), i32(0), i32(0), ref(source), i64(from), ref(target), i64(to), i64(length),
          i64(0)});
  }
  /// Bindings are (slot, buffer or null, offset, length).
  void dispatch(Code& code, std::uint16_t commands, std::uint16_t function,
                const std::vector<std::uint32_t>& constants,
                const std::vector<std::array<std::uint64_t, 4>>& bindings) {
    Tuples numbers;
    for (const std::uint32_t constant : constants) numbers.push_back({i32(constant)});
    Tuples ranges;
    for (const auto& [slot, buffer, offset, length] : bindings)
      ranges.push_back({i32(0), i32(slot), ref(buffer), i64(offset), i64(length)});
    call(code, "hal.command_buffer.dispatch",
         {ref(commands), null(), wide(function), i32(2), i32(3), i32(4), i64(0), numbers, ranges});
  }
  /// The table's entries are (buffer, offset, length).
  void execute(Code& code, std::uint16_t commands,
               const std::vector<std::array<std::uint64_t, 3>>& table = {}) {
    Tuples entries;
    for (const auto& [buffer, offset, length] : table)
      entries.push_back({ref(buffer), i64(offset), i64(length)});
    call(code, "hal.device.queue.execute.indirect",
         {null(), i64(0), null(), null(), ref(commands), i64(0), entries});
  }
  /// `function` becomes the number of the function whose name stands in a constant segment.
  void look_up(Code& code, std::uint16_t function, std::uint32_t segment) {
    code.rodata(30, segment);
    call(code, "hal.executable.lookup.function", {null(), ref(30)}, {function});
  }
  void view(Code& code, std::uint16_t view, std::uint16_t buffer, std::uint64_t offset,
            std::uint64_t length) {
    call(code, "hal.buffer_view.create",
         {ref(buffer), i64(offset), i64(length), i32(0), i32(1), Tuples{{i64(1)}, {i64(length)}}},
         {mark(view)});
  }
  void buffer_of(Code& code, std::uint16_t buffer, std::uint16_t view) {
    call(code, "hal.buffer_view.buffer", {ref(view)}, {mark(buffer)});
  }

  void add(const std::string& name, const std::string& convention, const Code& code) {
    module.functions.push_back({name, convention, code, 400, 32});
  }

 private:
  static Operand null() { return ref(kNull); }
  static std::uint16_t mark(std::uint16_t ordinal) { return kRef | ordinal; }
  std::uint32_t import(const std::string& name) {
    const auto [place, is_new] = imports_.try_emplace(name, 0);
    if (is_new) place->second = module.import(name, conventions().at(name));
    return place->second;
  }
  std::map<std::string, std::uint32_t> imports_;
};

inline Bytes text(std::string_view characters) {
  return {characters.begin(), characters.end()};
}

/// A network of two dispatches over a transient buffer, with a constant that start-up makes; what
/// start-up makes is kept in globals, as iree-compile does.
inline Schedule two_layers() {
  Schedule schedule;
  schedule.module.rodata = {text("net_dispatch_0"), text("net_dispatch_1")};
  schedule.module.external = {Bytes(48, 5)};
  Code init;
  schedule.allocate(init, 0, 64);
  schedule.commands(init, 1);
  schedule.fill(init, 1, 0, 0, 64, 0x2211, 2);
  schedule.execute(init, 1);
  init.op("global.store.ref").u32(0).u32(0).all({0});
  schedule.look_up(init, 0, 0);
  schedule.look_up(init, 2, 1);
  init.rodata(4, 2);
  schedule.call(init, "hal.allocator.import",
                {ref(Schedule::kNull), i32(1), i64(0), i32(0), i32(0), ref(4), i64(16), i64(32)},
                {kRef | 5});
  schedule.commands(init, 2);
  schedule.dispatch(init, 2, 0, {7, 8},
                    {{0, 5, 0, 32}, {0, Schedule::kNull, 0, 16}, {1, Schedule::kNull, 64, 40}});
  schedule.dispatch(init, 2, 2, {},
                    {{1, Schedule::kNull, 64, 40}, {0, 0, 4, 8}, {2, Schedule::kNull, 0, 10}});
  init.op("global.store.ref").u32(1).u32(0).all({2});
  schedule.add("__init", "0v_v", init.leave());

  Code main;
  schedule.buffer_of(main, 1, 0);
  schedule.transient(main, 2, 128);
  schedule.transient(main, 3, 10);
  main.op("global.load.ref").u32(1).u32(0).all({4});
  schedule.execute(main, 4, {{1, 0, 16}, {2, 0, 128}, {3, 0, 10}});
  schedule.call(main, "hal.fence.await", {i32(~0u), i64(0), Tuples{{ref(Schedule::kNull)}}}, {8});
  main.op("cond_br", {8});
  const std::size_t failed = main.later();
  main.moves({});
  const std::size_t done = main.later();
  main.moves({{kRef | 3, kRef | 6}}).land(failed).op("fail", {8}).number(std::uint16_t{0});
  main.land(done);
  schedule.view(main, 7, 6, 0, 10);
  schedule.add("net", "0r_r", main.leave({kRef | 7}));
  return schedule;
}

}  // namespace thimble::iree::test
