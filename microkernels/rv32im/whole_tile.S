# Eight windows times all output channels, 4 or 2 at a time, where all taps are one segment: from sums, which stay in
# registers, to outputs at once. See microkernels/tile.h.
#
# A sum need not be known as a number for that: it is taken out of its words as it is, in the upper 20 bits of a register,
# and neither moved down nor given its bias.
#
# Safety: only the outputs and the own stack frame are written. Uses neither gp nor tp.
#include "microkernels/rv32im/registers.inc"
#include "microkernels/rv32im/tile_sums.inc"

#define TILE_WORDS 0
#define TILE_WORDS_END 4
#define TILE_WEIGHTS 8
#define TILE_SCALES 12
#define TILE_OUTPUT 16
#define TILE_PITCH 20
#define TILE_CHANNELS 24
#define TILE_LOWEST 28
#define TILE_LIMIT 32

.equ kFrame, 80
.equ kTile, kSavedBytes
.equ kEnd, kSavedBytes + 4
.equ kWeights, kSavedBytes + 8
.equ kScales, kSavedBytes + 12
.equ kOutput, kSavedBytes + 16
.equ kLeft, kSavedBytes + 20  # channels

# While outputs are made. The sums of other channels wait in their registers.
#define temporary t0
#define multiplier t1
#define offset t2
#define threshold t3
#define limit t4
#define lowest ra
#define place a0
#define pitch a1

    .option norelax

# What is below the threshold is known without a multiplication.
.macro output value, channel
    bltu \value, threshold, .Llow\@
    mulhu \value, \value, multiplier
    add \value, \value, offset
    sra \value, \value, multiplier
    bge \value, limit, .Lhigh\@
    sb \value, \channel(place)
.Lend\@:
    .subsection 1
.Llow\@:
    sb lowest, \channel(place)
    j .Lend\@
.Lhigh\@:
    addi \value, limit, -1
    sb \value, \channel(place)
    j .Lend\@
    .subsection 0
.endm

.macro next_output value, channel
    add place, place, pitch
    output \value, \channel
.endm

# All windows of a channel from its words, whose names say what becomes of them.
.macro finish_channel sum3, sum4, sum5, sum6, sum7, channel
    lw temporary, kScales(sp)
    lw place, kOutput(sp)
    lw multiplier, 8 * \channel(temporary)
    lw threshold, 8 * \channel + 4(temporary)
    mulhu offset, threshold, multiplier
    addi temporary, lowest, 1
    sll temporary, temporary, multiplier
    sub offset, temporary, offset
    slli temporary, \sum3, 12
    output temporary, \channel
    slli temporary, \sum4, 12
    next_output temporary, \channel
    slli temporary, \sum5, 12
    next_output temporary, \channel
    # Bits 0 to 11 of three sums, in their place.
    srli \sum3, \sum3, 20
    slli \sum3, \sum3, 12
    srli \sum4, \sum4, 20
    slli \sum4, \sum4, 12
    srli \sum5, \sum5, 20
    slli \sum5, \sum5, 12
    # In the fourth word bits 12 to 19 of one of them are left, and bits 12 to 15 of another.
    srli temporary, \sum3, 4
    sub \sum6, \sum6, temporary
    slli temporary, \sum4, 4
    sub \sum6, \sum6, temporary
    srli temporary, \sum6, 20
    slli temporary, temporary, 24
    add \sum3, \sum3, temporary
    srli temporary, \sum6, 28
    slli temporary, temporary, 24
    add \sum4, \sum4, temporary
    slli \sum6, \sum6, 12
    # In the fifth the rest.
    srli temporary, \sum5, 4
    sub \sum7, \sum7, temporary
    sub \sum7, \sum7, \sum4
    srli temporary, \sum7, 20
    slli temporary, temporary, 24
    add \sum5, \sum5, temporary
    srli temporary, \sum7, 28
    slli temporary, temporary, 28
    add \sum4, \sum4, temporary
    slli \sum7, \sum7, 12
    next_output \sum3, \channel
    next_output \sum4, \channel
    next_output \sum5, \channel
    next_output \sum6, \channel
    next_output \sum7, \channel
.endm

.macro compute_group channels
    lw words, kTile(sp)
    lw weights, kWeights(sp)
    lw words, TILE_WORDS(words)
    sum_products \channels, kEnd(sp)
    sw weights, kWeights(sp)
    lw place, kTile(sp)
    lw lowest, TILE_LOWEST(place)
    lw limit, TILE_LIMIT(place)
    lw pitch, TILE_PITCH(place)
    finish_channel sum00, sum10, sum20, sum30, sum40, 0
  .if \channels > 2
    finish_channel sum01, sum11, sum21, sum31, sum41, 1
    finish_channel sum02, sum12, sum22, sum32, sum42, 2
  .endif
    # The last channel of an odd number has no other beside it.
    lw temporary, kLeft(sp)
    addi temporary, temporary, -\channels
    sw temporary, kLeft(sp)
    bltz temporary, done
  .if \channels > 2
    finish_channel sum03, sum13, sum23, sum33, sum43, 3
  .else
    finish_channel sum01, sum11, sum21, sum31, sum41, 1
  .endif
.endm

    .section .text.thimble_whole_tile, "ax", @progbits
    .globl thimble_whole_tile
    .type thimble_whole_tile, @function
    .balign 4
thimble_whole_tile:
    enter kFrame
    sw a0, kTile(sp)
    lw temporary, TILE_WORDS_END(a0)
    sw temporary, kEnd(sp)
    lw temporary, TILE_WEIGHTS(a0)
    sw temporary, kWeights(sp)
    lw temporary, TILE_SCALES(a0)
    sw temporary, kScales(sp)
    lw temporary, TILE_OUTPUT(a0)
    sw temporary, kOutput(sp)
    lw temporary, TILE_CHANNELS(a0)
    sw temporary, kLeft(sp)
    addi multiplier, temporary, -2
    blez multiplier, last_group

next_group:
    compute_group 4
    lw temporary, kScales(sp)
    addi temporary, temporary, 8 * 4
    sw temporary, kScales(sp)
    lw temporary, kOutput(sp)
    addi temporary, temporary, 4
    sw temporary, kOutput(sp)
    lw temporary, kLeft(sp)
    addi multiplier, temporary, -2
    bgtz multiplier, next_group
    blez temporary, done
last_group:
    compute_group 2
done:
    leave kFrame
    .subsection 1
.Lend:
    .subsection 0
    .size thimble_whole_tile, .Lend - thimble_whole_tile
