# Into user mode and out of it. While user mode runs, mtvec leads to user_trap and mscratch holds where its task's
# stack ends: nothing here trusts a register of user mode. What comes in between is as in any task: interrupts are
# handled on their stack, and a switch is a call (kernel_switch), so a task in user mode has no frame of its own kind.
#include "kernel/arch/riscv/user_frame.h"

#if THIMBLE_SAFE

        # std::uint32_t kernel_enter_user(config, function, arguments, stack_top)
        .section .text.kernel_enter_user, "ax", @progbits
        .globl  kernel_enter_user
        .type   kernel_enter_user, @function
kernel_enter_user:
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
        sw      tp, USER_CALLER_TP(sp)
        sw      a0, USER_CALLER_CONFIG(sp)
        addi    sp, sp, -USER_FRAME_BYTES
        la      t0, kernel_user_return
        sw      t0, 0(sp)               # ra
        lw      t0, 0(a2)
        sw      t0, INTERRUPT_FRAME_A0(sp)
        lw      t0, 4(a2)
        sw      t0, INTERRUPT_FRAME_A0 + 4(sp)
        lw      t0, 8(a2)
        sw      t0, INTERRUPT_FRAME_A0 + 8(sp)
        sw      a1, INTERRUPT_FRAME_MEPC(sp)
        sw      a3, USER_FRAME_SP(sp)
        sw      gp, USER_FRAME_GP(sp)
        sw      zero, USER_FRAME_TP(sp)
        csrci   mstatus, MSTATUS_MIE
        csrr    t0, mstatus
        sw      t0, INTERRUPT_FRAME_MSTATUS(sp)
        # What the caller left in the other registers is none of user mode's business.
        .irp    word, 4,8,12,28,32,36,40,44,48,52,56,60
        sw      zero, \word(sp)
        .endr
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11
        li      s\n, 0
        .endr
        j       return_to_user
        .size   kernel_enter_user, . - kernel_enter_user

        # Where the user's function returns to, in user mode; its result is in a0.
        .section .text.kernel_user_return, "ax", @progbits
        .type   kernel_user_return, @function
kernel_user_return:
        li      a7, USER_CALL_RETURN
        ecall
        .size   kernel_user_return, . - kernel_user_return

        .section .text.user_trap, "ax", @progbits
        .balign 4                       # mtvec has no room for lower bits
        .type   user_trap, @function
user_trap:
        csrrw   sp, mscratch, sp
        addi    sp, sp, -USER_FRAME_BYTES
        sw      t0, 4(sp)
        sw      t1, 8(sp)
        csrr    t0, mcause
        addi    t1, t0, -MCAUSE_USER_CALL
        beqz    t1, 1f
        bgez    t0, user_fault          # no interrupt
1:      sw      ra, 0(sp)
        sw      t2, 12(sp)
        sw      a0, 16(sp)
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
        csrr    t2, mepc
        sw      t2, INTERRUPT_FRAME_MEPC(sp)
        sw      gp, USER_FRAME_GP(sp)
        sw      tp, USER_FRAME_TP(sp)
        # Machine mode again: its trap stack, vector, memory and pointers.
        la      t1, __trap_stack_top
        csrrw   t1, mscratch, t1
        sw      t1, USER_FRAME_SP(sp)
        .option push
        .option norelax
        la      gp, __global_pointer$
        .option pop
        lw      tp, USER_FRAME_BYTES + USER_CALLER_TP(sp)
        la      t1, kernel_vectors + 1
        csrw    mtvec, t1
        csrw    pmpcfg2, zero
        li      t1, PMP_REST
        csrw    pmpcfg3, t1
        li      t1, MSTATUS_MPRV        # MPP says "user": where it came from
        csrs    mstatus, t1
        bltz    t0, user_interrupt

        # A call.
        addi    t2, t2, 4
        sw      t2, INTERRUPT_FRAME_MEPC(sp)
        beqz    a7, user_has_returned
        csrr    t0, mstatus
        sw      t0, INTERRUPT_FRAME_MSTATUS(sp)
        sw      s0, USER_FRAME_S0(sp)
        sw      s1, USER_FRAME_S1(sp)
        mv      s0, sp
#ifdef CONTEXT_HAS_EXTENSIONS
        call    kernel_save_extensions       # a call may switch: it saves less than user mode may use
        mv      s1, t3
#endif
        lw      a3, USER_FRAME_BYTES + USER_CALLER_CONFIG(s0)
        mv      a2, a7
        csrsi   mstatus, MSTATUS_MIE
        call    kernel_user_call
        csrci   mstatus, MSTATUS_MIE
        sw      a0, INTERRUPT_FRAME_A0(s0)
        sw      a1, INTERRUPT_FRAME_A0 + 4(s0)
restore_user:
#ifdef CONTEXT_HAS_EXTENSIONS
        mv      t0, s1
        call    kernel_restore_extensions
#endif
        mv      sp, s0
        lw      s1, USER_FRAME_S1(sp)
        lw      s0, USER_FRAME_S0(sp)

return_to_user:
        lw      a0, USER_FRAME_BYTES + USER_CALLER_CONFIG(sp)
        call    kernel_open_regions     # a0, a1: pmpcfg2 and 3
        li      t0, MSTATUS_MPRV        # off: from here on machine mode needs its own rights
        csrc    mstatus, t0
        csrw    pmpcfg2, a0
        csrw    pmpcfg3, a1
        la      t0, user_trap
        csrw    mtvec, t0
        addi    t0, sp, USER_FRAME_BYTES
        csrw    mscratch, t0
        lw      t0, INTERRUPT_FRAME_MEPC(sp)
        csrw    mepc, t0
#ifdef CONTEXT_HAS_EXTENSIONS
        lw      t0, INTERRUPT_FRAME_MSTATUS(sp)
        li      t1, MSTATUS_FS | MSTATUS_VS
        and     t0, t0, t1
        csrc    mstatus, t1
        csrs    mstatus, t0
#endif
        li      t0, MSTATUS_MPP
        csrc    mstatus, t0
        li      t0, MSTATUS_MPIE
        csrs    mstatus, t0
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
        lw      gp, USER_FRAME_GP(sp)
        lw      tp, USER_FRAME_TP(sp)
        lw      sp, USER_FRAME_SP(sp)
        mret

user_interrupt:
        slli    t0, t0, 2               # the cause is an index
        la      t1, kernel_handlers
        add     t1, t1, t0
        lw      a0, 0(t1)
#ifdef CONTEXT_HAS_EXTENSIONS
        li      t0, MSTATUS_FS | MSTATUS_VS
        csrrc   t0, mstatus, t0
#else
        csrr    t0, mstatus
#endif
        sw      t0, INTERRUPT_FRAME_MSTATUS(sp)
        mv      t0, sp
        addi    sp, tp, -16
        li      tp, 0
        sw      t0, 0(sp)
        jalr    a0
        addi    tp, sp, 16
        lw      sp, 0(sp)
        lui     a2, %hi(kernel_schedule)
        lw      a0, %lo(kernel_schedule)(a2)            # current
        lw      a1, %lo(kernel_schedule + 4)(a2)        # next
        beq     a0, a1, return_to_user
        sw      s0, USER_FRAME_S0(sp)
        sw      s1, USER_FRAME_S1(sp)
        mv      s0, sp
        lw      t0, INTERRUPT_FRAME_MSTATUS(sp)
        csrw    mstatus, t0             # a nested interrupt or the handler may have changed it
#ifdef CONTEXT_HAS_EXTENSIONS
        call    kernel_save_extensions
        mv      s1, t3
#endif
        li      a0, 0                   # interrupts stay off
        call    kernel_switch
        j       restore_user

user_has_returned:
        addi    sp, sp, USER_FRAME_BYTES
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
        csrsi   mstatus, MSTATUS_MIE
        ret

        # As if the trap had come straight to trap_entry.
user_fault:
        la      t0, __trap_stack_top
        csrrw   t0, mscratch, t0
        sw      t0, USER_FRAME_SP(sp)
        lw      t0, 4(sp)
        lw      t1, 8(sp)
        lw      sp, USER_FRAME_SP(sp)
        j       trap_entry
        .size   user_trap, . - user_trap
#endif
