# Trap entry. Machine mode traps come here with mscratch holding the top of the trap stack: registers are
# saved there, so that a broken stack pointer does no harm.
#include "kernel/arch/riscv/trap_frame.h"

        .section .text.trap_entry, "ax", @progbits
        .balign 4                       # mtvec has no room for lower bits
        .globl  trap_entry
        .type   trap_entry, @function
trap_entry:
        csrrw   sp, mscratch, sp
        addi    sp, sp, -TRAP_FRAME_BYTES
        sw      x0, 0(sp)
        sw      x1, 4(sp)
        .irp    n, 3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        sw      x\n, 4*\n(sp)
        .endr
        csrr    t0, mscratch            # the interrupted stack pointer
        sw      t0, 8(sp)
        csrr    t0, mepc
        sw      t0, 128(sp)
        csrr    t0, mcause
        sw      t0, 132(sp)
        csrr    t0, mtval
        sw      t0, 136(sp)
        csrr    t0, mstatus
        sw      t0, 140(sp)
        # A fault from here on is a fault of the report itself: report no more than that.
        la      t0, nested_trap_entry
        csrw    mtvec, t0
        .option push
        .option norelax
        la      gp, __global_pointer$   # the interrupted code may have lost it
        .option pop
        mv      a0, sp
        call    kernel_trap
        .size   trap_entry, . - trap_entry

        .section .text.nested_trap_entry, "ax", @progbits
        .balign 4
        .globl  nested_trap_entry
        .type   nested_trap_entry, @function
nested_trap_entry:
        la      sp, __trap_stack_top
        call    kernel_nested_trap
        .size   nested_trap_entry, . - nested_trap_entry
