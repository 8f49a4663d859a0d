# 3x3 depthwise convolution, windows two pixels apart, any input and output.
#define NAME thimble_depthwise_3x3_stride2
#define UNSIGNED_INPUT 0
#define RECTIFIED_OUTPUT 0
#include "microkernels/rv32im/depthwise_3x3_stride2.inc"
