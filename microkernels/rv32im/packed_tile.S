# Tiles: 1 to 3 windows times all output channels, 4 channels at a time, 2 at the end. See microkernels/tile.h and
# packed.inc.
#
# Safety: only the argument's outputs, its fields and the own stack frame are written. Uses neither gp nor tp.
#include "microkernels/rv32im/packed.inc"

# void name(Tile*): see microkernels/tile.h.
.macro tile_function name, pixels
    begin_function \name
    enter
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
    leave
    ret
    .size \name, . - \name
.endm

    tile_function thimble_packed_tile_1, 1
    tile_function thimble_packed_tile_2, 2
    tile_function thimble_packed_tile_3, 3
