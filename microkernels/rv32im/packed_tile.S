# Eight windows times all output channels, 4 or 2 at a time. See microkernels/tile.h: five words hold a tap of all eight
# windows, so that five multiplications make eight products.
#
# Safety: only the argument's fields, its outputs and sums and the own stack frame are written. Uses neither gp nor tp.
#include "microkernels/rv32im/registers.inc"
#include "microkernels/rv32im/tile_sums.inc"

#define TILE_WORDS 0
#define TILE_WORDS_END 4
#define TILE_WEIGHTS 8
#define TILE_FOURS 12
#define TILE_TWOS 16
#define TILE_CHANNELS 20
#define TILE_WINDOWS 24
#define TILE_IS_FIRST 28
#define TILE_IS_LAST 32
#define TILE_SUMS 36
#define TILE_BIASES 40
#define TILE_SCALES 44
#define TILE_SCALE_STEP 48
#define TILE_ZERO_POINT 52
#define TILE_LOWEST 56
#define TILE_HIGHEST 60
#define TILE_DOUBLE_ROUND 64
#define TILE_SYMMETRIC 68
#define TILE_OUTPUT 72
#define TILE_PITCH 76
#define TILE_WORK 80
#define TILE_RESULTS 160

.equ kFrame, 64
.equ kTileSlot, kSavedBytes
.equ kEndSlot, kSavedBytes + 4
.equ kOddSlot, kSavedBytes + 8

# While the words of sums are taken apart.
#define tile a0
#define value0 t0
#define value1 t1
#define value2 t2
#define value3 t3
#define value4 t4
#define value5 t5
#define value6 t6
#define value7 ra
#define temporary a1
#define field a2
#define upper a3
#define work a4
#define count a5
#define scales a6
#define scale_step a7
#define zero_point s0
#define lowest s1
#define highest s2
#define multiplier s3
#define offset s4
#define output s5
#define pitch s6
#define place s7
#define biases s8
#define sums s9
#define is_last s10
#define is_first s11

.macro store_sums sum0, sum1, sum2, sum3, number, channels
    sw \sum0, TILE_WORK + 4 * \number(tile)
    sw \sum1, TILE_WORK + 4 * (kWords + \number)(tile)
  .if \channels > 2
    sw \sum2, TILE_WORK + 4 * (2 * kWords + \number)(tile)
    sw \sum3, TILE_WORK + 4 * (3 * kWords + \number)(tile)
  .endif
.endm

.macro store_group channels
    lw weights, TILE_WEIGHTS(tile)
    lw words, TILE_WORDS(tile)
    sum_products \channels, kEndSlot(sp), kOddSlot(sp)
    lw tile, kTileSlot(sp)
    sw weights, TILE_WEIGHTS(tile)
    each_word store_sums, \channels
    li count, \channels
.endm

# If there is a group of so many channels left.
.macro take_group slot, otherwise
    lw temporary, \slot(tile)
    beqz temporary, \otherwise
    addi temporary, temporary, -1
    sw temporary, \slot(tile)
.endm

.macro each_value macro
    \macro value0, 0
    \macro value1, 1
    \macro value2, 2
    \macro value3, 3
    \macro value4, 4
    \macro value5, 5
    \macro value6, 6
    \macro value7, 7
.endm

.macro add_bias value, number
    add \value, \value, temporary
.endm

.macro add_sum value, number
    lw temporary, 4 * \number(sums)
    add \value, \value, temporary
.endm

.macro store_sum value, number
    sw \value, 4 * \number(sums)
.endm

.macro scale_up value, number
    slli \value, \value, 1
    mulhsu \value, \value, multiplier
.endm

# Halves of negative values are rounded away from zero: two units less.
.macro round_away value, number
    srli temporary, \value, 31
    slli temporary, temporary, 1
    sub \value, \value, temporary
.endm

.macro scale_down value, number
    add \value, \value, offset
    sra \value, \value, multiplier
    bge \value, lowest, 6f
    mv \value, lowest
6:
    bge highest, \value, 7f
    mv \value, highest
7:
.endm

.macro keep_result value, number
    sw \value, TILE_RESULTS + 4 * \number(tile)
.endm

    .section .text.thimble_packed_tile, "ax", @progbits
    .globl thimble_packed_tile
    .type thimble_packed_tile, @function
    .balign 4
thimble_packed_tile:
    enter kFrame
    sw tile, kTileSlot(sp)
    lw value0, TILE_WORDS_END(tile)
    sw value0, kEndSlot(sp)
    lw value1, TILE_WORDS(tile)
    find_odd value0, value1, value0
    sw value0, kOddSlot(sp)

next_group:
    take_group TILE_FOURS, two
    store_group 4
    j finish
two:
    take_group TILE_TWOS, done
    store_group 2

finish:
    # The last channel of an odd number has no other beside it.
    lw temporary, TILE_CHANNELS(tile)
    sub value0, temporary, count
    sw value0, TILE_CHANNELS(tile)
    bge temporary, count, 1f
    mv count, temporary
1:
    addi work, tile, TILE_WORK
    li field, (1 << 20) - 1
    li upper, 255 << 12
    lw sums, TILE_SUMS(tile)
    lw biases, TILE_BIASES(tile)
    lw is_first, TILE_IS_FIRST(tile)
    lw is_last, TILE_IS_LAST(tile)
    beqz is_last, next_channel
    lw scales, TILE_SCALES(tile)
    lw scale_step, TILE_SCALE_STEP(tile)
    lw zero_point, TILE_ZERO_POINT(tile)
    lw lowest, TILE_LOWEST(tile)
    lw highest, TILE_HIGHEST(tile)
    lw output, TILE_OUTPUT(tile)
    lw pitch, TILE_PITCH(tile)

next_channel:
    lw value0, 0(work)
    lw value1, 4(work)
    lw value2, 8(work)
    lw value6, 12(work)
    lw value7, 16(work)
    addi work, work, 4 * kWords
    # Bits 0 to 11 of three values.
    srli value3, value0, 20
    srli value4, value1, 20
    srli value5, value2, 20
    # In the fourth word bits 12 to 19 of one of them are left, and bits 12 to 15 of another.
    slli temporary, value3, 8
    sub value6, value6, temporary
    slli temporary, value4, 16
    sub value6, value6, temporary
    srli temporary, value6, 8
    and temporary, temporary, upper
    add value3, value3, temporary
    srli temporary, value6, 28
    slli temporary, temporary, 12
    add value4, value4, temporary
    # In the fifth the rest.
    slli temporary, value5, 8
    sub value7, value7, temporary
    slli temporary, value4, 12
    sub value7, value7, temporary
    srli temporary, value7, 8
    and temporary, temporary, upper
    add value5, value5, temporary
    srli temporary, value7, 28
    slli temporary, temporary, 16
    add value4, value4, temporary
    and value0, value0, field
    and value1, value1, field
    and value2, value2, field
    and value6, value6, field
    and value7, value7, field
    bnez is_first, 2f
    each_value add_sum
    j 3f
2:
    lw temporary, 0(biases)
    addi biases, biases, 4
    each_value add_bias
3:
    bnez is_last, 4f
    each_value store_sum
    addi sums, sums, 32
    addi count, count, -1
    bnez count, next_channel
    sw sums, TILE_SUMS(tile)
    sw biases, TILE_BIASES(tile)
    j next_group
4:
    addi sums, sums, 32
    # From sums to outputs (microkernels/requantize.h).
    lw multiplier, 0(scales)
    add scales, scales, scale_step
    sll offset, zero_point, multiplier
    srai offset, offset, 1
    lw temporary, TILE_DOUBLE_ROUND(tile)
    add offset, offset, temporary
    each_value scale_up
    lw temporary, TILE_SYMMETRIC(tile)
    beqz temporary, 5f
    each_value round_away
5:
    each_value scale_down
    lw temporary, TILE_WINDOWS(tile)
    bnez temporary, 8f
    sb value0, 0(output)
    add place, output, pitch
    sb value1, 0(place)
    add place, place, pitch
    sb value2, 0(place)
    add place, place, pitch
    sb value3, 0(place)
    add place, place, pitch
    sb value4, 0(place)
    add place, place, pitch
    sb value5, 0(place)
    add place, place, pitch
    sb value6, 0(place)
    add place, place, pitch
    sb value7, 0(place)
9:
    addi output, output, 1
    addi count, count, -1
    bnez count, next_channel
    sw sums, TILE_SUMS(tile)
    sw biases, TILE_BIASES(tile)
    sw scales, TILE_SCALES(tile)
    sw output, TILE_OUTPUT(tile)
    j next_group

    # Fewer windows.
8:
    each_value keep_result
    mv value0, temporary
    addi value1, tile, TILE_RESULTS
    mv place, output
8:
    lw value2, 0(value1)
    sb value2, 0(place)
    addi value1, value1, 4
    add place, place, pitch
    addi value0, value0, -1
    bnez value0, 8b
    j 9b

done:
    leave kFrame
    .size thimble_packed_tile, . - thimble_packed_tile
