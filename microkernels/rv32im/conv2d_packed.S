# Sums of products for convolutions with packed weights, RV32IM without SIMD. One word holds the weights of two output
# channels, w0 + (w1 << 16), so that one multiplication serves both. What a run of taps adds up to is split into its
# halves at the run's end; the compiler has proved for each run that the lower half fits its 16 bits (compiler/offload/runs.h).
#
# A tile is 1 to 3 windows times all output channels, 4 channels at a time (2 at the end). All sums stay in registers:
# for each window and pair of channels the running sum, the sum of all words, and the sum of upper halves. Each run
# enters the unrolled chain of taps where as many are left as it has. Tiles are laid out in microkernels/tile.h.
#
# Safety: only the argument's memory and the own stack frame are written. Uses neither gp nor tp.

#define TILE_PIXELS 0
#define TILE_OUTPUTS 12
#define TILE_WEIGHTS 24
#define TILE_RUNS 28
#define TILE_BIASES 32
#define TILE_SCALES 36
#define TILE_SCALE_STEP 40
#define TILE_CHANNELS 44
#define TILE_ZERO_POINT 48
#define TILE_LOWEST 52
#define TILE_HIGHEST 56
#define TILE_DOUBLE_ROUND 60
#define TILE_SYMMETRIC 64

#define product t0
#define length t0
#define value t1
#define weight0 t2
#define weight1 t3
#define pixel0 a0
#define pixel1 a1
#define pixel2 a2
#define weights a3
#define runs a4
#define half a5
// While sums are made: running sum of window p and pair q.
#define run00 a6
#define run01 a7
#define run10 t4
#define run11 t5
#define run20 t6
#define run21 ra
// The sum of words becomes the lower channel's value, the sum of upper halves is the upper channel's.
#define low00 s0
#define low01 s1
#define low10 s2
#define low11 s3
#define low20 s4
#define low21 s5
#define high00 s6
#define high01 s7
#define high10 s8
#define high11 s9
#define high20 s10
#define high21 s11
// While values are requantized.
#define tile a6
#define scales a7
#define multiplier t4
#define offset t5
#define lowest t6
#define highest ra
#define zero_point t2
#define double_round t3
#define symmetric t1
#define scale_step a5

.equ kFrame, 64
.equ kTileSlot, 56

    .option norvc
    .option norelax

.macro for_pair pairs, pixel, run0, run1, at
    lb value, \at(\pixel)
    mul product, value, weight0
  .if \pairs > 1
    mul value, value, weight1
    add \run0, \run0, product
    add \run1, \run1, value
  .else
    add \run0, \run0, product
  .endif
.endm

.macro tap pixels, pairs, at
    lw weight0, \at * 4 * \pairs(weights)
  .if \pairs > 1
    lw weight1, \at * 4 * \pairs + 4(weights)
  .endif
    for_pair \pairs, pixel0, run00, run01, \at
  .if \pixels > 1
    for_pair \pairs, pixel1, run10, run11, \at
  .endif
  .if \pixels > 2
    for_pair \pairs, pixel2, run20, run21, \at
  .endif
.endm

# The first tap of a run sets the running sums.
.macro begin_pair pairs, pixel, run0, run1
    lb value, 0(\pixel)
    mul \run0, value, weight0
  .if \pairs > 1
    mul \run1, value, weight1
  .endif
.endm

.macro begin_run pixels, pairs
    lw weight0, 0(weights)
  .if \pairs > 1
    lw weight1, 4(weights)
  .endif
    begin_pair \pairs, pixel0, run00, run01
  .if \pixels > 1
    begin_pair \pairs, pixel1, run10, run11
  .endif
  .if \pixels > 2
    begin_pair \pairs, pixel2, run20, run21
  .endif
.endm

.macro end_word run, low, high
    add value, \run, half
    srai value, value, 16
    add \high, \high, value
    add \low, \low, \run
.endm

.macro each_word macro, pixels, pairs
    \macro run00, low00, high00
  .if \pairs > 1
    \macro run01, low01, high01
  .endif
  .if \pixels > 1
    \macro run10, low10, high10
  .if \pairs > 1
    \macro run11, low11, high11
  .endif
  .endif
  .if \pixels > 2
    \macro run20, low20, high20
  .if \pairs > 1
    \macro run21, low21, high21
  .endif
  .endif
.endm

# All runs of a group of channels. `length` has the first one's taps.
.macro sum_runs pixels, pairs
1:
    begin_run \pixels, \pairs
    add pixel0, pixel0, length
  .if \pixels > 1
    add pixel1, pixel1, length
  .endif
  .if \pixels > 2
    add pixel2, pixel2, length
  .endif
    slli value, length, 1 + \pairs
    add weights, weights, value
    # Into the chain, `length` - 1 taps before its end.
    li weight0, 4 * ((1 + 2 * \pairs) * \pixels + \pairs)
    mul length, length, weight0
2:
    auipc value, %pcrel_hi(4f + 4 * ((1 + 2 * \pairs) * \pixels + \pairs))
    sub value, value, length
    jalr zero, %pcrel_lo(2b)(value)
  .irp at, -15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1
    tap \pixels, \pairs, \at
  .endr
4:
    each_word end_word, \pixels, \pairs
    lbu length, 0(runs)
    addi runs, runs, 1
    bnez length, 1b
.endm

.macro spread_bias pixels, low0, high0, low1, high1, low2, high2
    slli value, \high0, 16
    add \low0, \low0, value
  .if \pixels > 1
    mv \low1, \low0
    mv \high1, \high0
  .endif
  .if \pixels > 2
    mv \low2, \low0
    mv \high2, \high0
  .endif
.endm

# Sums start at the biases, windows at their first tap.
.macro begin_group pixels, pairs
    lw tile, kTileSlot(sp)
    lw value, TILE_BIASES(tile)
    lw low00, 0(value)
    lw high00, 4(value)
  .if \pairs > 1
    lw low01, 8(value)
    lw high01, 12(value)
  .endif
    addi value, value, 8 * \pairs
    sw value, TILE_BIASES(tile)
    lw pixel0, TILE_PIXELS(tile)
  .if \pixels > 1
    lw pixel1, TILE_PIXELS + 4(tile)
  .endif
  .if \pixels > 2
    lw pixel2, TILE_PIXELS + 8(tile)
  .endif
    spread_bias \pixels, low00, high00, low10, high10, low20, high20
  .if \pairs > 1
    spread_bias \pixels, low01, high01, low11, high11, low21, high21
  .endif
    lui half, 8
    lbu length, 0(runs)
    addi runs, runs, 1
.endm

.macro part_word run, low, high
    slli value, \high, 16
    sub \low, \low, value
.endm

.macro scale_up sum
    slli \sum, \sum, 1
    mulhsu \sum, \sum, multiplier
.endm

# Halves of negative values are rounded away from zero: two units less.
.macro round_away sum
    srli product, \sum, 31
    slli product, product, 1
    sub \sum, \sum, product
.endm

.macro store_clamped sum, output, channel
    add \sum, \sum, offset
    sra \sum, \sum, multiplier
    bge \sum, lowest, 6f
    mv \sum, lowest
6:
    bge highest, \sum, 7f
    mv \sum, highest
7:
    sb \sum, \channel(\output)
.endm

.macro each_window macro, pixels, sum0, sum1, sum2
    \macro \sum0
  .if \pixels > 1
    \macro \sum1
  .endif
  .if \pixels > 2
    \macro \sum2
  .endif
.endm

# From sums to outputs of one channel (microkernels/requantize.h).
.macro requantize pixels, channel, sum0, sum1, sum2
    lw multiplier, 0(scales)
    add scales, scales, scale_step
    sll offset, zero_point, multiplier
    srai offset, offset, 1
    add offset, offset, double_round
    each_window scale_up, \pixels, \sum0, \sum1, \sum2
    beqz symmetric, 5f
    each_window round_away, \pixels, \sum0, \sum1, \sum2
5:
    store_clamped \sum0, pixel0, \channel
  .if \pixels > 1
    store_clamped \sum1, pixel1, \channel
  .endif
  .if \pixels > 2
    store_clamped \sum2, pixel2, \channel
  .endif
.endm

.macro move_output pixel, channels, slot
    addi \pixel, \pixel, \channels
    sw \pixel, TILE_OUTPUTS + \slot(tile)
.endm

# Ends with the channels that are left in `product`.
.macro end_group pixels, pairs
    each_word part_word, \pixels, \pairs
    lw tile, kTileSlot(sp)
    lw pixel0, TILE_OUTPUTS(tile)
  .if \pixels > 1
    lw pixel1, TILE_OUTPUTS + 4(tile)
  .endif
  .if \pixels > 2
    lw pixel2, TILE_OUTPUTS + 8(tile)
  .endif
    lw scales, TILE_SCALES(tile)
    lw scale_step, TILE_SCALE_STEP(tile)
    lw zero_point, TILE_ZERO_POINT(tile)
    lw double_round, TILE_DOUBLE_ROUND(tile)
    lw lowest, TILE_LOWEST(tile)
    lw highest, TILE_HIGHEST(tile)
    lw symmetric, TILE_SYMMETRIC(tile)
    requantize \pixels, 0, low00, low10, low20
  .if \pairs == 1
    lw product, TILE_CHANNELS(tile)
    addi product, product, -1
    beqz product, 9f
  .endif
    requantize \pixels, 1, high00, high10, high20
  .if \pairs > 1
    requantize \pixels, 2, low01, low11, low21
    requantize \pixels, 3, high01, high11, high21
  .endif
    move_output pixel0, 2 * \pairs, 0
  .if \pixels > 1
    move_output pixel1, 2 * \pairs, 4
  .endif
  .if \pixels > 2
    move_output pixel2, 2 * \pairs, 8
  .endif
    sw scales, TILE_SCALES(tile)
    lw product, TILE_CHANNELS(tile)
    addi product, product, -2 * \pairs
    sw product, TILE_CHANNELS(tile)
.endm

# void name(Tile*): see microkernels/tile.h.
.macro tile_function name, pixels
    .section .text.\name, "ax", @progbits
    .globl \name
    .type \name, @function
    .balign 4
\name:
    addi sp, sp, -kFrame
    sw ra, 0(sp)
    sw s0, 4(sp)
    sw s1, 8(sp)
    sw s2, 12(sp)
    sw s3, 16(sp)
    sw s4, 20(sp)
    sw s5, 24(sp)
    sw s6, 28(sp)
    sw s7, 32(sp)
    sw s8, 36(sp)
    sw s9, 40(sp)
    sw s10, 44(sp)
    sw s11, 48(sp)
    sw a0, kTileSlot(sp)
    lw weights, TILE_WEIGHTS(a0)
    lw runs, TILE_RUNS(a0)
    lw product, TILE_CHANNELS(a0)
    li value, 4
    blt product, value, 12f
11:
    begin_group \pixels, 2
    sum_runs \pixels, 2
    end_group \pixels, 2
    li value, 4
    bge product, value, 11b
    beqz product, 9f
12:
    begin_group \pixels, 1
    sum_runs \pixels, 1
    end_group \pixels, 1
    bgtz product, 12b
9:
    lw ra, 0(sp)
    lw s0, 4(sp)
    lw s1, 8(sp)
    lw s2, 12(sp)
    lw s3, 16(sp)
    lw s4, 20(sp)
    lw s5, 24(sp)
    lw s6, 28(sp)
    lw s7, 32(sp)
    lw s8, 36(sp)
    lw s9, 40(sp)
    lw s10, 44(sp)
    lw s11, 48(sp)
    addi sp, sp, kFrame
    ret
    .size \name, . - \name
.endm

    tile_function thimble_packed_tile_1, 1
    tile_function thimble_packed_tile_2, 2
    tile_function thimble_packed_tile_3, 3
