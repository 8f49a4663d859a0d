# 3x3 depthwise convolution, windows two pixels apart: two rows at a time. See depthwise_3x3.inc.
#
# Safety: only the output and the own stack frame are written; no row beyond the input is read. Uses neither gp nor tp.
#include "microkernels/rv32im/depthwise_3x3.inc"

#define dropped q1

# Two more columns: they end a window in each row, and the second begins another.
.macro slide old0, new0, old1, new1
    pixel x0
    tap \old0, w01
    pixel x1
    tap \old0, w11
    pixel x2
    taps \old0, w21, \old1, w01
    pixel x3
    tap \old1, w11
    pixel x4
    tap \old1, w21
    pixel x0
    tap \old0, w02
    first_tap \new0, w00
    pixel x1
    taps \old0, w12, \new0, w10
    pixel x2
    taps \old0, w22, \new0, w20
    tap \old1, w02
    first_tap \new1, w00
    pixel x3
    taps \old1, w12, \new1, w10
    pixel x4
    taps \old1, w22, \new1, w20
    finish \old0, output0
    finish \old1, output1
    add output0, output0, step
    add output1, output1, step
.endm

    begin_function thimble_depthwise_3x3_stride2
    # Where the unrolled loop over columns is entered, so that it ends at its end.
    lw value, COLUMNS(sp)
    andi product, value, 1
    bnez value, 1f
    li product, -1
1:
    sw product, ENTRY(sp)

.Lchannel:
    begin_channel
    lw dropped, ABOVE(sp)
    beqz dropped, 2f
    drop_row w00, w01, w02
    andi product, dropped, 2
    beqz product, 1f
    drop_row w20, w21, w22
1:
    jal return, .Lsingle_row
    load_weights
2:
    edge_sums
    lw value, INSIDE(sp)
    addi value, value, -2
    bltz value, .Lrows_end

.Ltwo_rows:
    sw value, ROWS_LEFT(sp)
    begin_rows 5, x4
    mv end, value
    lw product, LEFT(sp)
    beqz product, 1f
    lw p0, LEFT_SUM(sp)
    mv p1, p0
    j 2f
1:
    pixel x0
    first_tap p0, w00
    pixel x1
    tap p0, w10
    pixel x2
    tap p0, w20
    first_tap p1, w00
    pixel x3
    tap p1, w10
    pixel x4
    tap p1, w20
2:
    lw product, ENTRY(sp)
    beqz product, 3f
    bltz product, 5f
    mv q0, p0
    mv q1, p1
    j 4f
3:
    slide p0, q0, p1, q1
4:
    slide q0, p0, q1, p1
    bne output0, end, 3b
5:
    lw product, RIGHT(sp)
    beqz product, 6f
    pixel x0
    tap p0, w01
    pixel x1
    tap p0, w11
    pixel x2
    taps p0, w21, p1, w01
    pixel x3
    tap p1, w11
    pixel x4
    tap p1, w21
    lw product, RIGHT_SUM(sp)
    add p0, p0, product
    add p1, p1, product
    finish p0, output0
    finish p1, output1
6:
    lw value, ROWS_LEFT(sp)
    addi value, value, -2
    bgez value, .Ltwo_rows

.Lrows_end:
    li dropped, 0
    addi value, value, 1
    bnez value, 1f
    jal return, .Lsingle_row
1:
    lw product, BELOW(sp)
    beqz product, 2f
    drop_row w20, w21, w22
    li dropped, 2
    jal return, .Lsingle_row
2:
    end_channel
    return_to_caller

# One row of one channel, whose weights for dropped rows (bit 0: the first, bit 1: the last) are 0.
.Lsingle_row:
    edge_sums
    begin_rows 3, x2
    mv end, value
    andi product, dropped, 1
    beqz product, 1f
    mv x0, x1
1:
    andi product, dropped, 2
    beqz product, 2f
    mv x2, x1
2:
    lw product, LEFT(sp)
    lw p0, LEFT_SUM(sp)
    bnez product, 3f
    pixel x0
    first_tap p0, w00
    pixel x1
    tap p0, w10
    pixel x2
    tap p0, w20
3:
    beq output0, end, 5f
4:
    pixel x0
    tap p0, w01
    pixel x1
    tap p0, w11
    pixel x2
    tap p0, w21
    pixel x0
    tap p0, w02
    first_tap q0, w00
    pixel x1
    taps p0, w12, q0, w10
    pixel x2
    taps p0, w22, q0, w20
    finish p0, output0
    add output0, output0, step
    mv p0, q0
    bne output0, end, 4b
5:
    lw product, RIGHT(sp)
    beqz product, 6f
    pixel x0
    tap p0, w01
    pixel x1
    tap p0, w11
    pixel x2
    tap p0, w21
    lw product, RIGHT_SUM(sp)
    add p0, p0, product
    finish p0, output0
6:
    jr return
    .size thimble_depthwise_3x3_stride2, . - thimble_depthwise_3x3_stride2
