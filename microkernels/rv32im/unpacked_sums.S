# Sums of products of one or two windows and four output channels from one byte a weight: the word of a tap is opened into two
# packed words, as packed.inc has them ready, so that one multiplication still serves two channels. See
# microkernels/tile.h.
#
# Safety: only `sums` and the own stack frame are written. Uses neither gp nor tp.

#define pixel0 a0
#define pixel1 a1
#define weights a2
#define end a3
#define run_bytes a4
#define sums a5
#define run00 a6
#define run01 a7
#define run10 t4
#define run11 t5
#define low00 s0
#define low01 s1
#define low10 s2
#define low11 s3
#define high00 s4
#define high01 s5
#define high10 s6
#define high11 s7
#define mask s8
#define center s9
#define half s10
#define run_end s11
#define product t0
#define value t1
#define weight0 t2
#define weight1 t3
#define word t6

.macro each_word macro, windows
    \macro run00, low00, high00, 0
    \macro run01, low01, high01, 8
  .if \windows > 1
    \macro run10, low10, high10, 16
    \macro run11, low11, high11, 24
  .endif
.endm

.macro clear_sums run, low, high, place
    li \low, 0
    li \high, 0
.endm

.macro clear_run run, low, high, place
    li \run, 0
.endm

.macro end_run run, low, high, place
    add value, \run, half
    srai value, value, 16
    add \high, \high, value
    add \low, \low, \run
.endm

.macro store_sums run, low, high, place
    slli value, \high, 16
    sub \low, \low, value
    sw \low, \place(sums)
    sw \high, \place + 4(sums)
.endm

.macro tap pixel, run0, run1
    lb value, 0(\pixel)
    addi \pixel, \pixel, 1
    mul product, value, weight0
    mul value, value, weight1
    add \run0, \run0, product
    add \run1, \run1, value
.endm

.macro sums_function name, windows
    .section .text.\name, "ax", @progbits
    .globl \name
    .type \name, @function
\name:
    addi sp, sp, -48
  .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    sw s\number, 4 * \number(sp)
  .endr
    slli end, end, 2
    add end, end, weights
    slli run_bytes, run_bytes, 2
    li mask, 0x00ff00ff
    li center, 0x00800080
    lui half, 8
    each_word clear_sums, \windows
1:
    add run_end, weights, run_bytes
    bleu run_end, end, 2f
    mv run_end, end
2:
    each_word clear_run, \windows
3:
    lw word, 0(weights)
    addi weights, weights, 4
    and weight0, word, mask
    sub weight0, weight0, center
    srli word, word, 8
    and word, word, mask
    sub weight1, word, center
    tap pixel0, run00, run01
  .if \windows > 1
    tap pixel1, run10, run11
  .endif
    bne weights, run_end, 3b
    each_word end_run, \windows
    bne weights, end, 1b
    each_word store_sums, \windows
  .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    lw s\number, 4 * \number(sp)
  .endr
    addi sp, sp, 48
    ret
    .size \name, . - \name
.endm

    sums_function thimble_unpacked_sums_1, 1
    sums_function thimble_unpacked_sums, 2
