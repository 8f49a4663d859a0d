# Interrupts. The core jumps into a table by cause. What a call may change is saved on the stack of whom was
# interrupted; the handler runs on the interrupt stack; only if it made a more urgent task ready, the rest is saved,
# too, and that task goes on. tp is the interrupt stack's top, or 0 while interrupts use it.
#include "kernel/arch/riscv/call_handler.inc"
#include "kernel/arch/riscv/context.h"

        .section .text.kernel_vectors, "ax", @progbits
        .balign 64
        .globl  kernel_vectors
        .type   kernel_vectors, @function
kernel_vectors:
        .option push
        .option norvc                   # four bytes each
        j       trap_entry              # exceptions
        .irp    cause, 1,2,3,4,5,6,7,8,9,10,11
        .if     \cause == 3 || \cause == 7 || \cause == 11
        j       interrupt_\cause
        .else
        j       trap_entry
        .endif
        .endr
        .option pop
        .size   kernel_vectors, . - kernel_vectors

        .irp    cause, 3,7,11
interrupt_\cause:
        addi    sp, sp, -INTERRUPT_FRAME_BYTES
        sw      a0, INTERRUPT_FRAME_A0(sp)
        lui     a0, %hi(kernel_handlers + 4 * \cause)
        lw      a0, %lo(kernel_handlers + 4 * \cause)(a0)
        .if     \cause != 11
        j       interrupt_entry
        .endif
        .endr

interrupt_entry:
        sw      ra, 0(sp)
        sw      t0, 4(sp)
        sw      t1, 8(sp)
        sw      t2, 12(sp)
        sw      a1, 20(sp)
        sw      a2, 24(sp)
        sw      a3, 28(sp)
        sw      a4, 32(sp)
        sw      a5, 36(sp)
        sw      a6, 40(sp)
        sw      a7, 44(sp)
        sw      t3, 48(sp)
        sw      t4, 52(sp)
        sw      t5, 56(sp)
        sw      t6, 60(sp)
#if THIMBLE_SAFE
        csrr    t0, mepc                # a fault of the handler would lose it
        sw      t0, INTERRUPT_FRAME_MEPC(sp)
#endif
#ifdef CONTEXT_HAS_EXTENSIONS
        # Handlers use neither floats nor vectors: off, so that one that does is found out.
        li      t0, MSTATUS_FS | MSTATUS_VS
        csrrc   t0, mstatus, t0
        sw      t0, INTERRUPT_FRAME_MSTATUS(sp)
#endif
        beqz    tp, nested
        mv      t0, sp
        addi    sp, tp, -16
        li      tp, 0
        sw      t0, 0(sp)
        CALL_HANDLER
        addi    tp, sp, 16
        lw      sp, 0(sp)
        lui     a2, %hi(kernel_schedule)
        lw      a0, %lo(kernel_schedule)(a2)            # current
        lw      a1, %lo(kernel_schedule + 4)(a2)        # next
        bne     a0, a1, switch_tasks

leave:
#ifdef CONTEXT_HAS_EXTENSIONS
        lw      t0, INTERRUPT_FRAME_MSTATUS(sp)
        csrw    mstatus, t0
#endif
restore_caller_saved:
        lw      ra, 0(sp)
        lw      t0, 4(sp)
        lw      t1, 8(sp)
        lw      t2, 12(sp)
        lw      a0, 16(sp)
        lw      a1, 20(sp)
        lw      a2, 24(sp)
        lw      a3, 28(sp)
        lw      a4, 32(sp)
        lw      a5, 36(sp)
        lw      a6, 40(sp)
        lw      a7, 44(sp)
        lw      t3, 48(sp)
        lw      t4, 52(sp)
        lw      t5, 56(sp)
        lw      t6, 60(sp)
        addi    sp, sp, INTERRUPT_FRAME_BYTES
        mret

nested:
        # The interrupted handler's mepc and mstatus are safe with whoever let interrupts in.
        CALL_HANDLER
        j       leave

switch_tasks:
        sw      s0, 72(sp)
        sw      s1, 76(sp)
        sw      s2, 80(sp)
        sw      s3, 84(sp)
        sw      s4, 88(sp)
        sw      s5, 92(sp)
        sw      s6, 96(sp)
        sw      s7, 100(sp)
        sw      s8, 104(sp)
        sw      s9, 108(sp)
        sw      s10, 112(sp)
        sw      s11, 116(sp)
        csrr    t0, mepc
        sw      t0, INTERRUPT_FRAME_MEPC(sp)
#if THIMBLE_SWITCH_HOOK
        mv      a0, sp
        call    kernel_before_switch
        lui     a2, %hi(kernel_schedule)
        lw      a0, %lo(kernel_schedule)(a2)
        lw      a1, %lo(kernel_schedule + 4)(a2)
#endif
#ifdef CONTEXT_HAS_EXTENSIONS
        lw      t0, INTERRUPT_FRAME_MSTATUS(sp)
        csrw    mstatus, t0             # the extensions on again, as the task left them
        call    kernel_save_extensions       # moves sp below what it saves; t3: the context's tag
        addi    t3, t3, CONTEXT_INTERRUPTED
        add     t0, sp, t3
#else
        csrr    t0, mstatus
        sw      t0, INTERRUPT_FRAME_MSTATUS(sp)
        addi    t0, sp, CONTEXT_INTERRUPTED
#endif
        sw      t0, TASK_CONTEXT(a0)
        j       kernel_switch_to

        # The task in a1, whose context t0 is an interrupt frame, goes on.
        .globl  kernel_resume_interrupted
kernel_resume_interrupted:
        andi    sp, t0, -16
#ifdef CONTEXT_HAS_EXTENSIONS
        call    kernel_restore_extensions    # by the tag in t0
#endif
        lw      s0, 72(sp)
        lw      s1, 76(sp)
        lw      s2, 80(sp)
        lw      s3, 84(sp)
        lw      s4, 88(sp)
        lw      s5, 92(sp)
        lw      s6, 96(sp)
        lw      s7, 100(sp)
        lw      s8, 104(sp)
        lw      s9, 108(sp)
        lw      s10, 112(sp)
        lw      s11, 116(sp)
        lw      t0, INTERRUPT_FRAME_MEPC(sp)
        csrw    mepc, t0
        lw      t0, INTERRUPT_FRAME_MSTATUS(sp)
        csrw    mstatus, t0
        j       restore_caller_saved
