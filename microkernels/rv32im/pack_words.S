# Taps of eight windows into five words each. See microkernels/tile.h.
#
# Safety: only the words, the eight pointers and the own stack frame are written. Uses neither gp nor tp.

#define pixels a0
#define words a1
#define count a2
#define step a3
#define pixel0 a4
#define pixel1 a5
#define pixel2 a6
#define pixel3 a7
#define pixel4 t0
#define pixel5 t1
#define pixel6 t2
#define pixel7 s0
#define value3 t3
#define value4 t4
#define value5 t5
#define value t6
#define temporary s1

.macro each_pixel macro, operand=0
    \macro pixel0, 0, \operand
    \macro pixel1, 1, \operand
    \macro pixel2, 2, \operand
    \macro pixel3, 3, \operand
    \macro pixel4, 4, \operand
    \macro pixel5, 5, \operand
    \macro pixel6, 6, \operand
    \macro pixel7, 7, \operand
.endm

.macro load_pointer pixel, number, operand
    lw \pixel, 4 * \number(pixels)
.endm

.macro move_pointer pixel, number, distance
    addi \pixel, \pixel, \distance
.endm

.macro keep_pointer pixel, number, operand
    add \pixel, \pixel, step
    sw \pixel, 4 * \number(pixels)
.endm

# Two windows, of the second of which some bits are missing.
.macro pack_pair lower, upper, upper_value, word, at
    lb value, \at(\lower)
    lb \upper_value, \at(\upper)
    slli temporary, \upper_value, 20
    add value, value, temporary
    sw value, 20 * \at + 4 * \word(words)
.endm

# A window and what is missing of two others.
.macro pack_rest pixel, value0, shift0, value1, shift1, word, at
    lb value, \at(\pixel)
    slli temporary, \value0, \shift0
    add value, value, temporary
    slli temporary, \value1, \shift1
    add value, value, temporary
    sw value, 20 * \at + 4 * \word(words)
.endm

.macro pack_tap at
    pack_pair pixel0, pixel3, value3, 0, \at
    pack_pair pixel1, pixel4, value4, 1, \at
    pack_pair pixel2, pixel5, value5, 2, \at
    pack_rest pixel6, value3, 8, value4, 16, 3, \at
    pack_rest pixel7, value5, 8, value4, 12, 4, \at
.endm

    .section .text.thimble_pack_words, "ax", @progbits
    .globl thimble_pack_words
    .type thimble_pack_words, @function
    .balign 4
thimble_pack_words:
    addi sp, sp, -16
    sw s0, 0(sp)
    sw s1, 4(sp)
    each_pixel load_pointer
    addi count, count, -4
    bltz count, 2f
1:
    pack_tap 0
    pack_tap 1
    pack_tap 2
    pack_tap 3
    each_pixel move_pointer, 4
    addi words, words, 80
    addi count, count, -4
    bgez count, 1b
2:
    addi count, count, 4
    beqz count, 4f
3:
    pack_tap 0
    each_pixel move_pointer, 1
    addi words, words, 20
    addi count, count, -1
    bnez count, 3b
4:
    each_pixel keep_pointer
    lw s0, 0(sp)
    lw s1, 4(sp)
    addi sp, sp, 16
    ret
    .size thimble_pack_words, . - thimble_pack_words
