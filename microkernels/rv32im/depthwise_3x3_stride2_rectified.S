# 3x3 depthwise convolution, windows two pixels apart, unsigned input and rectified output.
#define NAME thimble_depthwise_3x3_stride2_rectified
#define UNSIGNED_INPUT 1
#define RECTIFIED_OUTPUT 1
#include "microkernels/rv32im/depthwise_3x3_stride2.inc"
