# One window times all output channels, 12 channels at a time: each value that is loaded serves six words of weights.
# See microkernels/tile.h and packed.inc.
#
# Safety: only the argument's outputs, its fields and the own stack frame are written. Uses neither gp nor tp.
#include "microkernels/rv32im/packed.inc"

#define run0 run00
#define run1 run01
#define run2 run10
#define run3 run11
#define run4 run20
#define run5 run21

.equ kPairs, 6
.equ kChannels, 2 * kPairs

.macro each_run macro
    \macro run0, low00, high00, 0
    \macro run1, low01, high01, 1
    \macro run2, low10, high10, 2
    \macro run3, low11, high11, 3
    \macro run4, low20, high20, 4
    \macro run5, low21, high21, 5
.endm

.macro begin_word run, low, high, number
    lw weight0, 4 * \number(weights)
    mul \run, value, weight0
.endm

.macro end_line_word run, low, high, number
    end_word \run, \low, \high
.endm

.macro part_line_word run, low, high, number
    part_word \run, \low, \high
.endm

.macro begin_bias run, low, high, number
    lw \low, 8 * \number(product)
    lw \high, 8 * \number + 4(product)
    slli value, \high, 16
    add \low, \low, value
.endm

.macro tap_word run, low, high, number
    lw weight0, 4 * (tap * kPairs + \number)(weights)
    mul weight0, value, weight0
    add \run, \run, weight0
.endm

.macro line_tap at
    .set tap, \at
    lb value, \at(pixel0)
    each_run tap_word
.endm

.macro store_word run, low, high, number
    requantize 1, 2 * \number, \low
    requantize 1, 2 * \number + 1, \high
.endm

    begin_function thimble_packed_line
    lw product, TILE_CHANNELS(a0)
    li value, kChannels
    bge product, value, 1f
    tail thimble_packed_tile_1
1:
    enter
    lw weights, TILE_WEIGHTS(a0)
    lw runs, TILE_RUNS(a0)
2:
    lw tile, kTileSlot(sp)
    lw product, TILE_BIASES(tile)
    each_run begin_bias
    addi product, product, 4 * kChannels
    lw pixel0, TILE_PIXELS(tile)
    sw product, TILE_BIASES(tile)
    lui half, 8
    lbu length, 0(runs)
    addi runs, runs, 1
3:
    lb value, 0(pixel0)
    each_run begin_word
    add pixel0, pixel0, length
    li weight1, 4 * kPairs
    mul value, length, weight1
    add weights, weights, value
    # Into the chain, `length` - 1 taps before its end.
    li weight0, 4 * (1 + 3 * kPairs)
    mul length, length, weight0
4:
    auipc value, %pcrel_hi(5f + 4 * (1 + 3 * kPairs))
    sub value, value, length
    jalr zero, %pcrel_lo(4b)(value)
  .irp at, -15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1
    line_tap \at
  .endr
5:
    each_run end_line_word
    lbu length, 0(runs)
    addi runs, runs, 1
    bnez length, 3b
    each_run part_line_word
    lw tile, kTileSlot(sp)
    lw pixel0, TILE_OUTPUTS(tile)
    load_requantization
    each_run store_word
    move_output pixel0, kChannels, 0
    sw scales, TILE_SCALES(tile)
    lw product, TILE_CHANNELS(tile)
    addi product, product, -kChannels
    sw product, TILE_CHANNELS(tile)
    li value, kChannels
    bge product, value, 2b
    sw weights, TILE_WEIGHTS(tile)
    sw runs, TILE_RUNS(tile)
    lw a0, kTileSlot(sp)
    leave
    beqz product, 6f
    tail thimble_packed_tile_1
6:
    ret
    .size thimble_packed_line, . - thimble_packed_line
