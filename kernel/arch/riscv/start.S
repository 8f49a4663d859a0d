# Reset: from nothing to C++. Runs in machine mode with undefined registers and memory; ends in kernel_start.
# Uses base instructions only, so that it serves every ISA.

#include "kernel/arch/riscv/stack_paint.h"
#include "kernel/config.h"

        .section .text.start, "ax", @progbits
        .globl  _start
        .type   _start, @function
_start:
        .option push
        .option norelax                 # gp cannot be used to find gp
        la      gp, __global_pointer$
        .option pop
        li      tp, 0                   # tasks don't run yet (kernel/arch/riscv/interrupts.h)

        # Faults are reported from the first moment on, on a stack of their own.
        csrw    mie, zero
        la      t0, trap_entry
        csrw    mtvec, t0
        la      t0, __trap_stack_top
        csrw    mscratch, t0

#if defined(__riscv_flen) || defined(__riscv_vector)
        li      t0, 0x2200              # mstatus: FS = VS = initial
        csrs    mstatus, t0
#endif

        # Paint the stacks: what stays painted was never used (kernel/stack.h).
        li      t1, STACK_PAINT
#if THIMBLE_SAFE
        # Not the guards: they may be locked since before the reset. Tasks' stacks are painted when they start.
        la      t0, __trap_stack_limit
        la      t2, __trap_stack_top
1:      sw      t1, 0(t0)
        addi    t0, t0, 4
        bltu    t0, t2, 1b
        la      t0, __main_stack_limit
        addi    t0, t0, -16             # with the guard of paint below
#else
        la      t0, __stacks_start
#endif
        la      sp, __main_stack_top
2:      sw      t1, 0(t0)
        addi    t0, t0, 4
        bltu    t0, sp, 2b

        call    kernel_start
        .size   _start, . - _start
