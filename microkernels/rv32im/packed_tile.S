# Tiles: 1 to 3 windows times all output channels, 4 channels at a time, 2 at the end. See microkernels/tile.h and
# packed.inc.
#
# Safety: only the argument's outputs, its fields and the own stack frame are written. Uses neither gp nor tp.
#include "microkernels/rv32im/packed.inc"

.macro move_pixel pixels, slot
  .if \pixels > \slot
    lw value, TILE_PIXELS + 4 * \slot(a0)
    add value, value, product
    sw value, TILE_PIXELS + 4 * \slot(a0)
  .endif
.endm

# void name(Tile*): see microkernels/tile.h.
.macro tile_function name, pixels
    begin_function \name
    enter
10:
    begin_tile
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
    lw a0, kTileSlot(sp)
    lw value, TILE_TILES(a0)
    addi value, value, -1
    beqz value, 13f
    sw value, TILE_TILES(a0)
    lw product, TILE_PIXEL_STEP(a0)
    move_pixel \pixels, 0
    move_pixel \pixels, 1
    move_pixel \pixels, 2
    lw value, TILE_PITCH(a0)
    lw product, TILE_OUTPUT(a0)
  .rept \pixels
    add product, product, value
  .endr
    sw product, TILE_OUTPUT(a0)
    j 10b
13:
    leave
    ret
    .size \name, . - \name
.endm

    tile_function thimble_packed_tile_1, 1
    tile_function thimble_packed_tile_2, 2
    tile_function thimble_packed_tile_3, 3
