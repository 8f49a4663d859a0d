// Names of the VM's core opcodes, by number: what is implemented (vm.cc) and what is refused by
// name.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace thimble::iree {

inline constexpr auto kOpcodeNames = std::to_array<std::string_view>({
    "global.load.i32",            // 0x00
    "global.store.i32",           // 0x01
    "global.load.indirect.i32",   // 0x02
    "global.store.indirect.i32",  // 0x03
    "global.load.i64",            // 0x04
    "global.store.i64",           // 0x05
    "global.load.indirect.i64",   // 0x06
    "global.store.indirect.i64",  // 0x07
    "global.load.ref",            // 0x08
    "global.store.ref",           // 0x09
    "global.load.indirect.ref",   // 0x0a
    "global.store.indirect.ref",  // 0x0b
    "const.i32.zero",             // 0x0c
    "const.i32",                  // 0x0d
    "const.i64.zero",             // 0x0e
    "const.i64",                  // 0x0f
    "const.ref.zero",             // 0x10
    "const.ref.rodata",           // 0x11
    "list.alloc",                 // 0x12
    "list.reserve",               // 0x13
    "list.size",                  // 0x14
    "list.resize",                // 0x15
    "list.get.i32",               // 0x16
    "list.set.i32",               // 0x17
    "list.get.i64",               // 0x18
    "list.set.i64",               // 0x19
    "list.get.ref",               // 0x1a
    "list.set.ref",               // 0x1b
    "select.i32",                 // 0x1c
    "select.i64",                 // 0x1d
    "select.ref",                 // 0x1e
    "switch.i32",                 // 0x1f
    "switch.i64",                 // 0x20
    "switch.ref",                 // 0x21
    "add.i32",                    // 0x22
    "sub.i32",                    // 0x23
    "mul.i32",                    // 0x24
    "div.i32.s",                  // 0x25
    "div.i32.u",                  // 0x26
    "rem.i32.s",                  // 0x27
    "rem.i32.u",                  // 0x28
    "fma.i32",                    // 0x29
    "add.i64",                    // 0x2a
    "sub.i64",                    // 0x2b
    "mul.i64",                    // 0x2c
    "div.i64.s",                  // 0x2d
    "div.i64.u",                  // 0x2e
    "rem.i64.s",                  // 0x2f
    "rem.i64.u",                  // 0x30
    "fma.i64",                    // 0x31
    "not.i32",                    // 0x32
    "and.i32",                    // 0x33
    "or.i32",                     // 0x34
    "xor.i32",                    // 0x35
    "not.i64",                    // 0x36
    "and.i64",                    // 0x37
    "or.i64",                     // 0x38
    "xor.i64",                    // 0x39
    "shl.i32",                    // 0x3a
    "shr.i32.s",                  // 0x3b
    "shr.i32.u",                  // 0x3c
    "shl.i64",                    // 0x3d
    "shr.i64.s",                  // 0x3e
    "shr.i64.u",                  // 0x3f
    "trunc.i32.i8",               // 0x40
    "trunc.i32.i16",              // 0x41
    "trunc.i64.i32",              // 0x42
    "ext.i8.i32.s",               // 0x43
    "ext.i8.i32.u",               // 0x44
    "ext.i16.i32.s",              // 0x45
    "ext.i16.i32.u",              // 0x46
    "ext.i32.i64.s",              // 0x47
    "ext.i32.i64.u",              // 0x48
    "cmp.eq.i32",                 // 0x49
    "cmp.ne.i32",                 // 0x4a
    "cmp.lt.i32.s",               // 0x4b
    "cmp.lt.i32.u",               // 0x4c
    "cmp.nz.i32",                 // 0x4d
    "cmp.eq.i64",                 // 0x4e
    "cmp.ne.i64",                 // 0x4f
    "cmp.lt.i64.s",               // 0x50
    "cmp.lt.i64.u",               // 0x51
    "cmp.nz.i64",                 // 0x52
    "cmp.eq.ref",                 // 0x53
    "cmp.ne.ref",                 // 0x54
    "cmp.nz.ref",                 // 0x55
    "br",                         // 0x56
    "cond_br",                    // 0x57
    "call",                       // 0x58
    "call.variadic",              // 0x59
    "return",                     // 0x5a
    "fail",                       // 0x5b
    "import.resolved",            // 0x5c
    "yield",                      // 0x5d
    "trace",                      // 0x5e
    "print",                      // 0x5f
    "cond_break",                 // 0x60
    "break",                      // 0x61
    "buffer.load.i8.u",           // 0x62
    "buffer.load.i8.s",           // 0x63
    "buffer.load.i16.u",          // 0x64
    "buffer.load.i16.s",          // 0x65
    "buffer.load.i32",            // 0x66
    "buffer.load.i64",            // 0x67
    "buffer.store.i8",            // 0x68
    "buffer.store.i16",           // 0x69
    "buffer.store.i32",           // 0x6a
    "buffer.store.i64",           // 0x6b
    "buffer.alloc",               // 0x6c
    "buffer.clone",               // 0x6d
    "buffer.length",              // 0x6e
    "buffer.copy",                // 0x6f
    "buffer.compare",             // 0x70
    "buffer.fill.i8",             // 0x71
    "buffer.fill.i16",            // 0x72
    "buffer.fill.i32",            // 0x73
    "buffer.fill.i64",            // 0x74
    "ctlz.i32",                   // 0x75
    "ctlz.i64",                   // 0x76
    "abs.i32",                    // 0x77
    "abs.i64",                    // 0x78
    "Block",                      // 0x79
    "min.i32.s",                  // 0x7a
    "min.i32.u",                  // 0x7b
    "max.i32.s",                  // 0x7c
    "max.i32.u",                  // 0x7d
    "min.i64.s",                  // 0x7e
    "min.i64.u",                  // 0x7f
    "max.i64.s",                  // 0x80
    "max.i64.u",                  // 0x81
    "cast.any.ref",               // 0x82
    "br_table",                   // 0x83
    "buffer.hash",                // 0x84
    "discard.refs",               // 0x85
    "assign.ref",                 // 0x86
    "call.yieldable",             // 0x87
    "call.variadic.yieldable",    // 0x88
});

/// The name of an opcode; the two prefixes of the floating-point sets stand beyond the table.
[[nodiscard]] constexpr std::string_view opcode_name(std::uint8_t opcode) {
  if (opcode < kOpcodeNames.size()) return kOpcodeNames[opcode];
  return opcode == 0xe0 ? "f32 extension" : opcode == 0xe1 ? "f64 extension" : "unknown";
}

}  // namespace thimble::iree
