# 3x3 depthwise convolution, windows one pixel apart: two rows at a time. See depthwise_3x3.inc.
#
# Safety: only the output and the own stack frame are written; no row beyond the input is read. Uses neither gp nor tp.
#include "microkernels/rv32im/depthwise_3x3.inc"

#define dropped q1

# One column of two rows of windows. It is the last one of the old windows (0: upper, 1: lower), the middle one of
# others, and new ones begin with it. `from_row`: whether it is read, or `value` is what all of it is.
.macro inner_column from_row, old0, old1, middle0, middle1, new0, new1
    read \from_row, x0
    tap_if \old0, w02
    tap_if \middle0, w01
    begin_if \new0, w00, bias
    read \from_row, x1
    tap_if \old0, w12
    tap_if \middle0, w11
    tap_if \new0, w10
    tap_if \old1, w02
    tap_if \middle1, w01
    begin_if \new1, w00, bias
    read \from_row, x2
    tap_if \old0, w22
    tap_if \middle0, w21
    tap_if \new0, w20
    tap_if \old1, w12
    tap_if \middle1, w11
    tap_if \new1, w10
    read \from_row, x3
    tap_if \old1, w22
    tap_if \middle1, w21
    tap_if \new1, w20
.endm

# The same where the upper windows' first row lies above the input; x0 is their bias, with that row in it.
.macro upper_column from_row, old0, old1, middle0, middle1, new0, new1
    read \from_row, x1
    tap_if \old0, w12
    tap_if \middle0, w11
    begin_if \new0, w10, x0
    tap_if \old1, w02
    tap_if \middle1, w01
    begin_if \new1, w00, bias
    read \from_row, x2
    tap_if \old0, w22
    tap_if \middle0, w21
    tap_if \new0, w20
    tap_if \old1, w12
    tap_if \middle1, w11
    tap_if \new1, w10
    read \from_row, x3
    tap_if \old1, w22
    tap_if \middle1, w21
    tap_if \new1, w20
.endm

# The same where the lower windows' last row lies below the input; x3 is their bias.
.macro lower_column from_row, old0, old1, middle0, middle1, new0, new1
    read \from_row, x0
    tap_if \old0, w02
    tap_if \middle0, w01
    begin_if \new0, w00, bias
    read \from_row, x1
    tap_if \old0, w12
    tap_if \middle0, w11
    tap_if \new0, w10
    tap_if \old1, w02
    tap_if \middle1, w01
    begin_if \new1, w00, x3
    read \from_row, x2
    tap_if \old0, w22
    tap_if \middle0, w21
    tap_if \new0, w20
    tap_if \old1, w12
    tap_if \middle1, w11
    tap_if \new1, w10
.endm

# The same for one row of windows.
.macro single_column from_row, old0, old1, middle0, middle1, new0, new1
    read \from_row, x0
    tap_if \old0, w02
    tap_if \middle0, w01
    begin_if \new0, w00, bias
    read \from_row, x1
    tap_if \old0, w12
    tap_if \middle0, w11
    tap_if \new0, w10
    read \from_row, x2
    tap_if \old0, w22
    tap_if \middle0, w21
    tap_if \new0, w20
.endm

# What the columns beyond the input add to the first and the last window of a row.
.macro edge_sums
    lw value, INPUT_ZERO_POINT(sp)
    add product, w00, w10
    add product, product, w20
    mul product, product, value
    add product, product, bias
    sw product, LEFT_SUM(sp)
    add product, w02, w12
    add product, product, w22
    mul product, product, value
    sw product, RIGHT_SUM(sp)
.endm

.macro finish_windows rows
    finish p0, output0
    add output0, output0, step
  .if \rows > 1
    finish p1, output1
    add output1, output1, step
  .endif
.endm

# Slides along one or two rows.
.macro slide column, rows
    sw value, END(sp)
    lw product, LEFT(sp)
    beqz product, 1f
    lw value, INPUT_ZERO_POINT(sp)
    \column 0, , , , , p0, p1
    j 2f
1:
    \column 1, , , , , p0, p1
2:
  .if \rows > 1
    \column 1, , , p0, p1, q0, q1
  .else
    \column 1, , , p0, , q0
  .endif
    lw value, END(sp)
    beq output0, value, 4f
3:
    \column 1, p0, p1, q0, q1, r0, r1
    finish_windows \rows
    mv p0, q0
    mv q0, r0
  .if \rows > 1
    mv p1, q1
    mv q1, r1
  .endif
    lw value, END(sp)
    bne output0, value, 3b
4:
    lw product, RIGHT(sp)
    beqz product, 5f
    lw value, INPUT_ZERO_POINT(sp)
    \column 0, p0, p1
    finish_windows \rows
5:
.endm

# Slides along two rows that lie inside, three columns a turn so that sums need not move.
.macro slide_inside
    sw value, END(sp)
    lw product, LEFT(sp)
    lw p0, LEFT_SUM(sp)
    beqz product, 1f
    mv p1, p0
    j 2f
1:
    inner_column 1, , , , , p0, p1
2:
    inner_column 1, , , p0, p1, q0, q1
    lw product, ENTRY(sp)
    beqz product, 3f
    bltz product, 6f
    addi product, product, -1
    beqz product, 1f
    mv r0, q0
    mv r1, q1
    mv q0, p0
    mv q1, p1
    j 4f
1:
    mv r0, p0
    mv r1, p1
    mv p0, q0
    mv p1, q1
    j 5f
3:
    inner_column 1, p0, p1, q0, q1, r0, r1
    finish_windows 2
4:
    inner_column 1, q0, q1, r0, r1, p0, p1
    finish q0, output0
    add output0, output0, step
    finish q1, output1
    add output1, output1, step
5:
    inner_column 1, r0, r1, p0, p1, q0, q1
    finish r0, output0
    add output0, output0, step
    finish r1, output1
    add output1, output1, step
    lw value, END(sp)
    bne output0, value, 3b
6:
    lw product, RIGHT(sp)
    beqz product, 7f
    lw product, RIGHT_SUM(sp)
    add p0, p0, product
    add p1, p1, product
    finish_windows 2
7:
.endm

    begin_function thimble_depthwise_3x3_stride1
    # Where the unrolled loop over columns is entered, so that it ends at its end.
    lw value, COLUMNS(sp)
    li product, 3
    remu product, value, product
    bnez value, 1f
    li product, -1
1:
    sw product, ENTRY(sp)

.Lchannel:
    begin_channel
    load_weights
    edge_sums
    lw value, INSIDE(sp)
    sw value, ROWS_LEFT(sp)
    lw dropped, ABOVE(sp)
    beqz dropped, .Labove_done
    li product, 1
    bne dropped, product, .Lsingle_row
    beqz value, .Lsingle_row
    addi value, value, -1
    sw value, ROWS_LEFT(sp)
    begin_rows 4, x2
    share_of_row x0, w00, w01, w02
    slide upper_column, 2
.Labove_done:
    # The row below goes with the last one inside, if there is one.
    lw value, ROWS_LEFT(sp)
    lw product, BELOW(sp)
    snez x0, value
    and product, product, x0
    sw product, LOWER_PAIR(sp)
    sub value, value, product
.Linside:
    addi value, value, -2
    bltz value, .Linside_done
    sw value, ROWS_LEFT(sp)
    begin_rows 4, x2
    slide_inside
    lw value, ROWS_LEFT(sp)
    j .Linside
.Linside_done:
    li dropped, 0
    addi value, value, 1
    beqz value, .Lsingle_row
.Lodd_done:
    lw product, LOWER_PAIR(sp)
    bnez product, .Llower_pair
    li dropped, 2
    lw product, BELOW(sp)
    beqz product, .Lchannel_done
    # Windows of one row: of dropped rows (bit 0: the first, bit 1: the last) only the bias has a share.
.Lsingle_row:
    andi product, dropped, 1
    beqz product, 1f
    drop_row w00, w01, w02
1:
    andi product, dropped, 2
    beqz product, 2f
    drop_row w20, w21, w22
2:
    begin_rows 3, x1
    andi product, dropped, 1
    beqz product, 3f
    mv x0, x1
3:
    andi product, dropped, 2
    beqz product, 4f
    mv x2, x1
4:
    slide single_column, 1
    beqz dropped, .Lodd_done
    andi product, dropped, 1
    beqz product, .Lchannel_done
    load_weights
    j .Labove_done
.Llower_pair:
    begin_rows 4, x2
    share_of_row x3, w20, w21, w22
    slide lower_column, 2
.Lchannel_done:
    end_channel
    end_function thimble_depthwise_3x3_stride1
