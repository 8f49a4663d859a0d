# Switching tasks by a call: only what a function must preserve is saved. Interrupts are off throughout.
#include "kernel/arch/riscv/context.h"
#include "kernel/arch/riscv/float_registers.inc"

        # std::uint32_t kernel_switch(InterruptState)
        .section .text.kernel_switch, "ax", @progbits
        .globl  kernel_switch
        .type   kernel_switch, @function
kernel_switch:
        addi    sp, sp, -CALL_FRAME_BYTES
        sw      ra, 0(sp)
        sw      s0, 4(sp)
        sw      s1, 8(sp)
        sw      s2, 12(sp)
        sw      s3, 16(sp)
        sw      s4, 20(sp)
        sw      s5, 24(sp)
        sw      s6, 28(sp)
        sw      s7, 32(sp)
        sw      s8, 36(sp)
        sw      s9, 40(sp)
        sw      s10, 44(sp)
        sw      s11, 48(sp)
        sw      a0, CALL_FRAME_STATE(sp)
#ifdef __riscv_flen
        frcsr   t0
        sw      t0, CALL_FRAME_FCSR(sp)
#endif
#if THIMBLE_SWITCH_HOOK
        mv      a0, sp
        call    kernel_before_switch
#endif
        lui     a2, %hi(kernel_schedule)
        lw      a0, %lo(kernel_schedule)(a2)            # current
        lw      a1, %lo(kernel_schedule + 4)(a2)        # next
#ifdef CONTEXT_CALLS_KEEP_FLOATS
        csrr    t0, mstatus
        li      t1, MSTATUS_FS
        and     t0, t0, t1
        beq     t0, t1, save_floats     # dirty
#endif
        sw      sp, TASK_CONTEXT(a0)

        # a0: whose context is saved, a1: who goes on.
        .globl  kernel_switch_to
kernel_switch_to:
        lui     t1, %hi(kernel_schedule)
        sw      a1, %lo(kernel_schedule)(t1)
        lw      t0, TASK_CONTEXT(a1)
        andi    t1, t0, CONTEXT_INTERRUPTED
        bnez    t1, kernel_resume_interrupted
#ifdef CONTEXT_HAS_EXTENSIONS
        # Nothing that outlives a call is in these registers, unless floats were saved.
        li      t1, MSTATUS_FS | MSTATUS_VS
        csrs    mstatus, t1
#ifdef CONTEXT_CALLS_KEEP_FLOATS
        andi    t1, t0, CONTEXT_FLOATS
        bnez    t1, restore_floats
#endif
#ifdef __riscv_flen
        lw      t1, CALL_FRAME_FCSR(t0)
        fscsr   t1
#endif
        li      t1, (MSTATUS_FS | MSTATUS_VS) & ~MSTATUS_EXTENSIONS_INITIAL
        csrc    mstatus, t1
floats_restored:
#endif
        mv      sp, t0
#if THIMBLE_SAFE
        li      t1, MSTATUS_MPP         # user, for MPRV: an interrupt that switched has left "machine"
        csrc    mstatus, t1
#endif
        lw      a0, TASK_RESULT(a1)
        lw      t0, CALL_FRAME_STATE(sp)
        lw      ra, 0(sp)
        lw      s0, 4(sp)
        lw      s1, 8(sp)
        lw      s2, 12(sp)
        lw      s3, 16(sp)
        lw      s4, 20(sp)
        lw      s5, 24(sp)
        lw      s6, 28(sp)
        lw      s7, 32(sp)
        lw      s8, 36(sp)
        lw      s9, 40(sp)
        lw      s10, 44(sp)
        lw      s11, 48(sp)
        addi    sp, sp, CALL_FRAME_BYTES
        csrs    mstatus, t0
        ret

#ifdef CONTEXT_CALLS_KEEP_FLOATS
save_floats:
        addi    sp, sp, -CALL_FLOAT_FRAME_BYTES
        CALL_FLOATS FLOAT_STORE, sp
        addi    t0, sp, CONTEXT_FLOATS
        sw      t0, TASK_CONTEXT(a0)
        j       kernel_switch_to

restore_floats:
        addi    t0, t0, -CONTEXT_FLOATS
        CALL_FLOATS FLOAT_LOAD, t0
        addi    t0, t0, CALL_FLOAT_FRAME_BYTES
        lw      t1, CALL_FRAME_FCSR(t0)
        fscsr   t1
        li      t1, MSTATUS_VS & ~MSTATUS_EXTENSIONS_INITIAL
        csrc    mstatus, t1
        j       floats_restored
#endif
        .size   kernel_switch, . - kernel_switch

        # Where a task's first context leads: entry in s0, its argument in s1.
        .section .text.kernel_begin_task, "ax", @progbits
        .globl  kernel_begin_task
        .type   kernel_begin_task, @function
kernel_begin_task:
        mv      a0, s1
        jalr    s0
        call    kernel_task_ended
        .size   kernel_begin_task, . - kernel_begin_task
