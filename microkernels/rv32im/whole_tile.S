#define NAME thimble_whole_tile
#define UNSIGNED_OUTPUT 0
#include "microkernels/rv32im/whole_tile.inc"
