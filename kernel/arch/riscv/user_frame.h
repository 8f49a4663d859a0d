// How user mode's registers lie on the stack of its task while machine mode works for it. For
// assembly and C++ alike. The first words are those of an interrupt frame (context.h); above the
// frame stands what run_as_user() preserves for its caller, as a call frame with two more words.
#pragma once

#include "kernel/arch/riscv/context.h"

#define USER_FRAME_BYTES 96
#define USER_FRAME_SP 72
#define USER_FRAME_GP 76
#define USER_FRAME_TP 80
#define USER_FRAME_S0 84
#define USER_FRAME_S1 88

#define USER_CALLER_TP 56
#define USER_CALLER_CONFIG 60

/* Calls of the kernel, in a7. Then come the services. */
#define USER_CALL_RETURN 0
#define USER_CALL_YIELD 1
#define USER_CALL_SLEEP_UNTIL 2
#define USER_CALL_NOW 3
#define USER_CALL_PRINT 4
#define USER_CALL_SERVICE 16

#define MCAUSE_USER_CALL 8
#define MSTATUS_MIE 0x8
#define MSTATUS_MPIE 0x80
#define MSTATUS_MPRV 0x20000

/* pmpcfg3 in machine mode: entry 15 lets the rest of memory be as it is. */
#define PMP_REST 0x1f000000
