# 3x3 depthwise convolution, windows one pixel apart, unsigned input and rectified output.
#define NAME thimble_depthwise_3x3_stride1_rectified
#define UNSIGNED_INPUT 1
#define RECTIFIED_OUTPUT 1
#include "microkernels/rv32im/depthwise_3x3_stride1.inc"
