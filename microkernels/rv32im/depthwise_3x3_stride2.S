# 3x3 depthwise convolution, windows two pixels apart: two rows at a time. See depthwise_3x3.inc.
#
# Safety: only the output and the own stack frame are written; no row beyond the input is read. Uses neither gp nor tp.
#include "microkernels/rv32im/depthwise_3x3.inc"

#define end r1
#define dropped q1

# The middle column of two rows of windows (0: upper, 1: lower), the last two of which lie in `last_rows`.
.macro middle_column last_row, sum0, sum1
    pixel x0
    tap \sum0, w01
    pixel x1
    tap \sum0, w11
    pixel x2
    tap \sum0, w21
    tap_if \sum1, w01
  .ifnb \sum1
    pixel x3
    tap \sum1, w11
  .if \last_row
    pixel x4
    tap \sum1, w21
  .endif
  .endif
.endm

# One column between windows: it is the last one of the old ones, and new ones begin with it. `from_row`: whether it is
# read, or `value` is what all of it is. Without the last row, x4 is the bias of the lower windows.
.macro outer_column from_row, last_row, old0, old1, new0, new1
    read \from_row, x0
    tap_if \old0, w02
    begin_if \new0, w00, bias
    read \from_row, x1
    tap_if \old0, w12
    tap_if \new0, w10
    read \from_row, x2
    tap_if \old0, w22
    tap_if \new0, w20
    tap_if \old1, w02
  .if \last_row
    begin_if \new1, w00, bias
  .else
    begin_if \new1, w00, x4
  .endif
  .ifnb \old1\new1
    read \from_row, x3
    tap_if \old1, w12
    tap_if \new1, w10
  .if \last_row
    read \from_row, x4
    tap_if \old1, w22
    tap_if \new1, w20
  .endif
  .endif
.endm

.macro finish_windows sum0, sum1
    finish \sum0, output0
    add output0, output0, step
  .ifnb \sum1
    finish \sum1, output1
    add output1, output1, step
  .endif
.endm

# Slides along one or two rows.
.macro slide last_row, p0, p1, q0, q1
    mv end, value
    lw product, LEFT(sp)
    beqz product, 1f
    lw value, INPUT_ZERO_POINT(sp)
    outer_column 0, \last_row, , , \p0, \p1
    j 2f
1:
    outer_column 1, \last_row, , , \p0, \p1
2:
    beq output0, end, 4f
3:
    middle_column \last_row, \p0, \p1
    outer_column 1, \last_row, \p0, \p1, \q0, \q1
    finish_windows \p0, \p1
    mv \p0, \q0
    move_if \p1, \q1
    bne output0, end, 3b
4:
    lw product, RIGHT(sp)
    beqz product, 5f
    middle_column \last_row, \p0, \p1
    lw value, INPUT_ZERO_POINT(sp)
    outer_column 0, \last_row, \p0, \p1
    finish_windows \p0, \p1
5:
.endm

    begin_function thimble_depthwise_3x3_stride2
.Lchannel:
    begin_channel
    load_weights
    lw value, INSIDE(sp)
    sw value, ROWS_LEFT(sp)
    lw dropped, ABOVE(sp)
    bnez dropped, .Lsingle_row
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
    begin_rows 5, x4
    slide 1, p0, p1, q0, q1
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
    begin_rows 3, x2
    andi product, dropped, 1
    beqz product, 3f
    mv x0, x1
3:
    andi product, dropped, 2
    beqz product, 4f
    mv x2, x1
4:
    slide 0, p0, , q0
    beqz dropped, .Lodd_done
    andi product, dropped, 1
    beqz product, .Lchannel_done
    load_weights
    j .Labove_done
.Llower_pair:
    begin_rows 5, x4
    share_of_row x4, w20, w21, w22
    slide 0, p0, p1, q0, q1
.Lchannel_done:
    end_channel
    end_function thimble_depthwise_3x3_stride2
