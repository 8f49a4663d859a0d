# 3x3 depthwise convolution in few bytes: one window at a time. See depthwise_3x3.inc.
#
# Safety: only the output and the own stack frame are written; no row beyond the input is read. Uses neither gp nor tp.
#define UNSIGNED_INPUT 0
#define RECTIFIED_OUTPUT 0
#include "microkernels/rv32im/depthwise_3x3.inc"

#define back x3
#define rows q0
#define dropped q1
#define end r0
#define last r1

# One column of a window.
.macro column from_row, weight0, weight1, weight2
    read \from_row, x0
    tap p0, \weight0
    read \from_row, x1
    tap p0, \weight1
    read \from_row, x2
    tap p0, \weight2
.endm

    begin_function thimble_depthwise_3x3_small
    lw back, STRIDE(sp)
    lw product, INPUT_PITCH(sp)
    mul product, product, back
    sw product, ROW_ADVANCE(sp)
    addi back, back, -3
    mul back, back, step
.Lchannel:
    begin_channel
    lw dropped, ABOVE(sp)
    snez rows, dropped
    lw product, INSIDE(sp)
    add rows, rows, product
    lw product, BELOW(sp)
    add rows, rows, product
.Lload:
    load_weights
.Lrow:
    # Of dropped rows (bit 0: the first, bit 1: the last) only the bias has a share.
    addi rows, rows, -1
    bnez rows, 1f
    lw product, BELOW(sp)
    slli product, product, 1
    or dropped, dropped, product
1:
    lw x0, ROW_INPUT(sp)
    lw product, ROW_ADVANCE(sp)
    add product, product, x0
    sw product, ROW_INPUT(sp)
    lw product, INPUT_PITCH(sp)
    add x1, x0, product
    add x2, x1, product
    andi product, dropped, 1
    beqz product, 2f
    mv x0, x1
    drop_row w00, w01, w02
2:
    andi product, dropped, 2
    beqz product, 3f
    mv x2, x1
    drop_row w20, w21, w22
3:
    lw output0, ROW_OUTPUT(sp)
    lw product, OUTPUT_PITCH(sp)
    add product, product, output0
    sw product, ROW_OUTPUT(sp)
    lw product, SPAN(sp)
    add last, output0, product
    mv end, last
    lw product, RIGHT(sp)
    beqz product, 4f
    add end, end, step
4:
    mv p0, bias
    lw product, LEFT(sp)
    beqz product, 6f
    lw value, INPUT_ZERO_POINT(sp)
    column 0, w00, w10, w20
    j 7f
5:
    mv p0, bias
6:
    column 1, w00, w10, w20
7:
    column 1, w01, w11, w21
    beq output0, last, 9f
    column 1, w02, w12, w22
8:
    finish p0, output0
    add output0, output0, step
    add x0, x0, back
    add x1, x1, back
    add x2, x2, back
    bne output0, end, 5b
    mv product, dropped
    li dropped, 0
    beqz rows, .Lchannel_done
    bnez product, .Lload
    j .Lrow
9:
    lw value, INPUT_ZERO_POINT(sp)
    column 0, w02, w12, w22
    j 8b
.Lchannel_done:
    end_channel
    end_function thimble_depthwise_3x3_small
