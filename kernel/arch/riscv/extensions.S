# Float and vector registers of tasks that interrupts stop, for instruction sets that have them.
#include "kernel/arch/riscv/context.h"
#include "kernel/arch/riscv/float_registers.inc"

#ifdef CONTEXT_HAS_EXTENSIONS

        # Saves below sp what mstatus, as it is now, says to be dirty; moves sp; t3: the tags for the context. Changes t0
        # to t3.
        .section .text.kernel_save_extensions, "ax", @progbits
        .globl  kernel_save_extensions
        .type   kernel_save_extensions, @function
kernel_save_extensions:
        li      t3, 0
        csrr    t0, mstatus
#ifdef __riscv_flen
        li      t1, MSTATUS_FS
        and     t2, t0, t1
        bne     t2, t1, 1f
        addi    sp, sp, -FLOAT_FRAME_BYTES
        FLOATS  FLOAT_STORE, sp
        frcsr   t1
        sw      t1, 32 * FLOAT_BYTES(sp)
        addi    t3, t3, CONTEXT_FLOATS
1:
#endif
#ifdef __riscv_vector
        li      t1, MSTATUS_VS
        and     t2, t0, t1
        bne     t2, t1, 2f
        csrr    t0, vlenb
        slli    t1, t0, 5               # 32 registers
        addi    t1, t1, 16
        sub     sp, sp, t1
        csrr    t1, vl
        sw      t1, 0(sp)
        csrr    t1, vtype
        sw      t1, 4(sp)
        csrr    t1, vstart
        sw      t1, 8(sp)
        csrr    t1, vcsr
        sw      t1, 12(sp)
        csrw    vstart, zero
        slli    t0, t0, 3               # 8 registers at a time
        addi    t1, sp, 16
        vs8r.v  v0, (t1)
        add     t1, t1, t0
        vs8r.v  v8, (t1)
        add     t1, t1, t0
        vs8r.v  v16, (t1)
        add     t1, t1, t0
        vs8r.v  v24, (t1)
        addi    t3, t3, CONTEXT_VECTORS
2:
#endif
        ret
        .size   kernel_save_extensions, . - kernel_save_extensions

        # Undoes that, by the tags in t0; moves sp. Changes t0 to t3.
        .section .text.kernel_restore_extensions, "ax", @progbits
        .globl  kernel_restore_extensions
        .type   kernel_restore_extensions, @function
kernel_restore_extensions:
        li      t1, MSTATUS_FS | MSTATUS_VS     # on; dirty, for the time being
        csrs    mstatus, t1
#ifdef __riscv_vector
        andi    t1, t0, CONTEXT_VECTORS
        beqz    t1, 2f
        csrr    t3, vlenb
        slli    t3, t3, 3
        csrw    vstart, zero
        addi    t1, sp, 16
        vl8re8.v v0, (t1)
        add     t1, t1, t3
        vl8re8.v v8, (t1)
        add     t1, t1, t3
        vl8re8.v v16, (t1)
        add     t1, t1, t3
        vl8re8.v v24, (t1)
        lw      t1, 0(sp)
        lw      t2, 4(sp)
        vsetvl  zero, t1, t2
        lw      t1, 8(sp)
        csrw    vstart, t1
        lw      t1, 12(sp)
        csrw    vcsr, t1
        slli    t3, t3, 2
        addi    t3, t3, 16
        add     sp, sp, t3
2:
#endif
#ifdef __riscv_flen
        andi    t1, t0, CONTEXT_FLOATS
        beqz    t1, 1f
        FLOATS  FLOAT_LOAD, sp
        lw      t1, 32 * FLOAT_BYTES(sp)
        fscsr   t1
        addi    sp, sp, FLOAT_FRAME_BYTES
        ret
1:      fscsr   zero                    # a task without floats starts from the default rounding
#endif
        ret
        .size   kernel_restore_extensions, . - kernel_restore_extensions
#endif
