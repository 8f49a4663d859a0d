# One window times all output channels, with packed weights: one word holds the weights of two output channels, w0 + (w1 <<
# 16), so that one multiplication serves both. Channels are taken 12 at a time, then 4, then 2: each value that is loaded
# serves up to six words. What a run of taps adds up to is split into its halves at the run's end; the compiler has proved
# for each run that the lower half fits its 16 bits (compiler/offload/runs.h). See microkernels/tile.h.
#
# All sums stay in registers: for each pair of channels the running sum, the sum of all words, and the sum of upper halves.
# Each run enters the unrolled chain of taps where as many are left as it has.
#
# Safety: only the argument's outputs, its fields and the own stack frame are written. Uses neither gp nor tp.
#include "microkernels/rv32im/registers.inc"

#define LINE_PIXEL 0
#define LINE_OUTPUT 4
#define LINE_WEIGHTS 8
#define LINE_RUNS 12
#define LINE_BIASES 16
#define LINE_SCALES 20
#define LINE_SCALE_STEP 24
#define LINE_CHANNELS 28
#define LINE_ZERO_POINT 32
#define LINE_LOWEST 36
#define LINE_HIGHEST 40
#define LINE_DOUBLE_ROUND 44
#define LINE_SYMMETRIC 48

#define line a0
#define product t0
#define length t0
#define value t1
#define weight t2
#define tap_bytes t3
#define pixel a1
#define chain a2
#define weights a3
#define runs a4
#define half a5
// While sums are made: running sums of the pairs of channels.
#define run0 a6
#define run1 a7
#define run2 t4
#define run3 t5
#define run4 t6
#define run5 ra
// The sum of words becomes the lower channel's value, the sum of upper halves is the upper channel's.
#define low0 s0
#define low1 s1
#define low2 s2
#define low3 s3
#define low4 s4
#define low5 s5
#define high0 s6
#define high1 s7
#define high2 s8
#define high3 s9
#define high4 s10
#define high5 s11
// While values are requantized.
#define scales a6
#define scale_step a7
#define multiplier t4
#define offset t5
#define lowest t6
#define highest ra
#define zero_point t2
#define double_round t3
#define symmetric a5
#define output a1

.equ kFrame, 64
.equ kLongestRun, 14

    .option norvc
    .option norelax

# Half as long, where the core knows it: a tap of six words is 64 bytes then.
.macro short_add to, from
#ifdef __riscv_compressed
    .option push
    .option rvc
    c.add \to, \from
    .option pop
#else
    add \to, \to, \from
#endif
.endm
#ifdef __riscv_compressed
.equ kAddBytes, 2
#else
.equ kAddBytes, 4
#endif

.macro each_pair macro, pairs
    \macro run0, low0, high0, 0, \pairs
  .if \pairs > 1
    \macro run1, low1, high1, 1, \pairs
  .endif
  .if \pairs > 2
    \macro run2, low2, high2, 2, \pairs
    \macro run3, low3, high3, 3, \pairs
    \macro run4, low4, high4, 4, \pairs
    \macro run5, low5, high5, 5, \pairs
  .endif
.endm

.macro begin_sums run, low, high, number, pairs
    lw \low, 8 * \number(product)
    lw \high, 8 * \number + 4(product)
.endm

# The first tap of a run sets the running sums.
.macro begin_run run, low, high, number, pairs
    lw weight, 4 * \number(weights)
    mul \run, value, weight
.endm

.macro add_product run, low, high, number, pairs
    lw weight, 4 * (tap * \pairs + \number)(weights)
    mul weight, value, weight
    short_add \run, weight
.endm

.macro end_run run, low, high, number, pairs
    add value, \run, half
    srai value, value, 16
    add \high, \high, value
    add \low, \low, \run
.endm

.macro part_sums run, low, high, number, pairs
    slli value, \high, 16
    sub \low, \low, value
.endm

# From a sum to the output of its channel (microkernels/requantize.h).
.macro load_scale
    lw multiplier, 0(scales)
    sll offset, zero_point, multiplier
    srai offset, offset, 1
    add offset, offset, double_round
.endm

.macro requantize sum, channel
    beqz scale_step, 4f
    load_scale
    add scales, scales, scale_step
4:
    slli \sum, \sum, 1
    mulhsu \sum, \sum, multiplier
    beqz symmetric, 5f
    # Halves of negative values are rounded away from zero: two units less.
    srli product, \sum, 31
    slli product, product, 1
    sub \sum, \sum, product
5:
    add \sum, \sum, offset
    sra \sum, \sum, multiplier
    bge \sum, lowest, 6f
    mv \sum, lowest
6:
    bge highest, \sum, 7f
    mv \sum, highest
7:
    sb \sum, \channel(output)
.endm

.macro store_outputs run, low, high, number, pairs
    requantize \low, 2 * \number
  .if \pairs == 1
    # The last channel of an odd number has no other beside it.
    lw product, LINE_CHANNELS(line)
    addi product, product, -1
    beqz product, 9f
  .endif
    requantize \high, 2 * \number + 1
.endm

# All taps of a group of channels, and its outputs.
.macro compute_group pairs
    lw product, LINE_BIASES(line)
    each_pair begin_sums, \pairs
    addi product, product, 8 * \pairs
    sw product, LINE_BIASES(line)
    lw pixel, LINE_PIXEL(line)
    lui half, 8
    li tap_bytes, 4 * \pairs
0:
    auipc chain, %pcrel_hi(4f + 4 + (8 + kAddBytes) * \pairs)
    addi chain, chain, %pcrel_lo(0b)
    j 3f
2:
    lb value, 0(pixel)
    each_pair begin_run, \pairs
    add pixel, pixel, length
    mul value, length, tap_bytes
    add weights, weights, value
    # To `length` - 1 taps before the end of the chain.
  .if 4 + (8 + kAddBytes) * \pairs == 64
    slli length, length, 6
  .else
    li value, 4 + (8 + kAddBytes) * \pairs
    mul length, length, value
  .endif
    sub value, chain, length
    jr value
    .set tap, -(kLongestRun - 1)
  .rept kLongestRun - 1
    lb value, tap(pixel)
    each_pair add_product, \pairs
    .set tap, tap + 1
  .endr
4:
    each_pair end_run, \pairs
3:
    lbu length, 0(runs)
    addi runs, runs, 1
    bnez length, 2b

    each_pair part_sums, \pairs
    lw output, LINE_OUTPUT(line)
    lw scales, LINE_SCALES(line)
    lw scale_step, LINE_SCALE_STEP(line)
    lw zero_point, LINE_ZERO_POINT(line)
    lw double_round, LINE_DOUBLE_ROUND(line)
    lw lowest, LINE_LOWEST(line)
    lw highest, LINE_HIGHEST(line)
    lw symmetric, LINE_SYMMETRIC(line)
    load_scale
    each_pair store_outputs, \pairs
    addi output, output, 2 * \pairs
    sw output, LINE_OUTPUT(line)
    sw scales, LINE_SCALES(line)
    lw product, LINE_CHANNELS(line)
    addi product, product, -2 * \pairs
    sw product, LINE_CHANNELS(line)
.endm

    .section .text.thimble_packed_line, "ax", @progbits
    .globl thimble_packed_line
    .type thimble_packed_line, @function
    .balign 4
thimble_packed_line:
    enter kFrame
    lw weights, LINE_WEIGHTS(line)
    lw runs, LINE_RUNS(line)
    lw product, LINE_CHANNELS(line)
11:
    li value, 12
    blt product, value, 12f
    compute_group 6
    j 11b
12:
    li value, 4
    blt product, value, 13f
    compute_group 2
    j 12b
13:
    blez product, 9f
    compute_group 1
    j 13b
9:
    leave kFrame
    .size thimble_packed_line, . - thimble_packed_line
