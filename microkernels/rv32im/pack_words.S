# Taps of eight windows into five words each, of windows anywhere or side by side. See microkernels/tile.h.
#
# Safety: only the words, the eight pointers and the own stack frame are written. Uses neither gp nor tp.

#define pixels a0
#define words a1
#define count a2
#define step a3  // behind the last tap of a line
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
#define lines s2
#define left s3

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

.macro add_step pixel, number, operand
    add \pixel, \pixel, step
.endm

.macro keep_pointer pixel, number, operand
    sw \pixel, 4 * \number(pixels)
.endm

.macro save_registers
    addi sp, sp, -16
    sw s0, 0(sp)
    sw s1, 4(sp)
    sw s2, 8(sp)
    sw s3, 12(sp)
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
    save_registers
    each_pixel load_pointer
    li lines, 1
    j pack_line

    .globl thimble_pack_lines
    .type thimble_pack_lines, @function
thimble_pack_lines:
    save_registers
    mv lines, a4
    mv temporary, a5
    mv pixel0, a0
    add pixel1, pixel0, a3
    add pixel2, pixel1, a3
    add pixel3, pixel2, a3
    add pixel4, pixel3, a3
    add pixel5, pixel4, a3
    add pixel6, pixel5, a3
    add pixel7, pixel6, a3
    mv step, temporary
    li pixels, 0

pack_line:
    addi left, count, -4
    bltz left, 2f
1:
    pack_tap 0
    pack_tap 1
    pack_tap 2
    pack_tap 3
    each_pixel move_pointer, 4
    addi words, words, 80
    addi left, left, -4
    bgez left, 1b
2:
    addi left, left, 4
    beqz left, 4f
3:
    pack_tap 0
    each_pixel move_pointer, 1
    addi words, words, 20
    addi left, left, -1
    bnez left, 3b
4:
    each_pixel add_step
    addi lines, lines, -1
    bnez lines, pack_line
    beqz pixels, 5f
    each_pixel keep_pointer
5:
    lw s0, 0(sp)
    lw s1, 4(sp)
    lw s2, 8(sp)
    lw s3, 12(sp)
    addi sp, sp, 16
    ret
    .size thimble_pack_words, . - thimble_pack_words
