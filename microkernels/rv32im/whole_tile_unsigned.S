#define NAME thimble_whole_tile_unsigned
#define UNSIGNED_OUTPUT 1
#include "microkernels/rv32im/whole_tile.inc"
