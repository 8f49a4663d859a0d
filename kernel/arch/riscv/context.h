// How a task's registers lie on its stack while it does not run. For assembly and C++ alike.
//
// A task that gave way by calling the kernel has a call frame: what a function must preserve. One
// that an interrupt stopped has an interrupt frame: everything. The saved stack pointer tells which
// by its lowest bits, as stack pointers are multiples of 16.
#pragma once

#include "kernel/config.h"

#define CONTEXT_INTERRUPTED 1 /* an interrupt frame, else a call frame */
#define CONTEXT_FLOATS 2      /* float registers lie below the frame */
#define CONTEXT_VECTORS 4     /* vector registers lie below that */

/* Those are there only if the task has changed them since it was switched to: mstatus says "dirty".
 */
#if defined(__riscv_flen) || defined(__riscv_vector)
#define CONTEXT_HAS_EXTENSIONS
#endif
#if defined(__riscv_flen) && !defined(__riscv_float_abi_soft)
#define CONTEXT_CALLS_KEEP_FLOATS /* fs0 to fs11 outlive a call */
#endif
#define MSTATUS_MPP 0x1800
#define MSTATUS_FS 0x6000
#define MSTATUS_VS 0x0600
#define MSTATUS_EXTENSIONS_INITIAL 0x2200

/* Call frame: ra, s0 to s11, interrupt state, fcsr where there is one. */
#define CALL_FRAME_BYTES 64
#define CALL_FRAME_STATE 52
#define CALL_FRAME_FCSR 56

/* Below a frame: 32 float registers (of a call frame 12) and fcsr; vl, vtype, vstart, vcsr and 32
 * vector registers. */
#define FLOAT_BYTES 8
#define FLOAT_FRAME_BYTES (32 * FLOAT_BYTES + 16)
#define CALL_FLOAT_FRAME_BYTES (12 * FLOAT_BYTES)

/* Interrupt frame: ra, t0-t2, a0-a7, t3-t6 | mepc, mstatus | s0-s11. */
#define INTERRUPT_FRAME_BYTES 128
#define INTERRUPT_FRAME_A0 16
#define INTERRUPT_FRAME_MEPC 64
#define INTERRUPT_FRAME_MSTATUS 68
#define INTERRUPT_FRAME_S0 72

/* Offsets in TaskControl (kernel/task_control.h). */
#define TASK_CONTEXT 0
#define TASK_RESULT 4

#ifndef __ASSEMBLER__
#include <cstddef>
#include <cstdint>

namespace thimble::kernel {

struct TaskControl;

/// The most that the kernel itself puts on a task's stack: the registers of an interrupted task.
inline constexpr std::size_t kContextBytes = INTERRUPT_FRAME_BYTES
#ifdef __riscv_flen
                                             + FLOAT_FRAME_BYTES
#endif
#ifdef __riscv_vector  // of 128 bits
                                             + 32 * 16 + 16
#endif
    ;

/// A context on the stack ending at `top` (a multiple of 16) that begins with entry(argument).
[[nodiscard]] std::uintptr_t make_context(std::byte* top, void (*entry)(void*), void* argument);

/// Stops the running task, lets schedule.next run, and puts the interrupts back to `state` once
/// this task is chosen again. Returns its result. Interrupts must be off.
extern "C" std::uint32_t kernel_switch(std::uint32_t state);

}  // namespace thimble::kernel
#endif
