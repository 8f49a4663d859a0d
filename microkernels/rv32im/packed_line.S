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
.endm

.macro tap_word run, low, high, number
    lw weight0, 4 * (tap * kPairs + \number)(weights)
    mul weight0, value, weight0
    short_add \run, weight0
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
    enter
    begin_tile
    li value, kChannels
    blt product, value, 8f
11:
    lw tile, kTileSlot(sp)
    lw product, GROUP_BIASES(tile)
    each_run begin_bias
    addi product, product, 4 * kChannels
    sw product, GROUP_BIASES(tile)
    lw pixel0, TILE_PIXELS(tile)
    lui half, 8
    begin_rows kPairs
    li weight1, 4 * kPairs
1:
    lb value, 0(pixel0)
    each_run begin_word
    add pixel0, pixel0, length
    mul value, length, weight1
    add weights, weights, value
    enter_chain LINE_TAP_BYTES
  .irp at, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1
    line_tap \at
  .endr
4:
    each_run end_line_word
    repeat_runs 1, kPairs
    each_run part_line_word
    lw tile, kTileSlot(sp)
    lw pixel0, GROUP_OUTPUT(tile)
    load_requantization
    each_run store_word
    advance kChannels
    li value, kChannels
    bge product, value, 11b
    # The rest as a tile of its own.
    lw a0, kTileSlot(sp)
    sw weights, TILE_WEIGHTS(a0)
    lw value, kRunsSlot(sp)
    sw value, TILE_RUNS(a0)
    lw value, GROUP_BIASES(a0)
    sw value, TILE_BIASES(a0)
    lw value, GROUP_SCALES(a0)
    sw value, TILE_SCALES(a0)
    lw value, GROUP_OUTPUT(a0)
    sw value, TILE_OUTPUT(a0)
    sw product, TILE_CHANNELS(a0)
    bnez product, 8f
    leave
    ret
8:
    leave
    tail thimble_packed_tile_1
    .size thimble_packed_line, . - thimble_packed_line
