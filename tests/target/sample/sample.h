// Model `sample` for C, in the form that the compiler emits.
#ifndef THIMBLE_MODEL_SAMPLE_H
#define THIMBLE_MODEL_SAMPLE_H

#include <stdint.h>

#define SAMPLE_ARENA_BYTES 192
#define SAMPLE_ARENA_ALIGNMENT 64

#define SAMPLE_INPUT_0_COUNT 16
#define SAMPLE_INPUT_0_OFFSET 0
#define SAMPLE_INPUT_0_SCALE 0.5f
#define SAMPLE_INPUT_0_ZERO_POINT (-3)

#define SAMPLE_OUTPUT_0_COUNT 16
#define SAMPLE_OUTPUT_0_OFFSET 64
#define SAMPLE_OUTPUT_0_SCALE 0.25f
#define SAMPLE_OUTPUT_0_ZERO_POINT 0

#define SAMPLE_OUTPUT_1_COUNT 4
#define SAMPLE_OUTPUT_1_OFFSET 128

#ifdef __cplusplus
extern "C" {
#endif

/* Runs the model on an arena of SAMPLE_ARENA_BYTES, aligned to SAMPLE_ARENA_ALIGNMENT; 0 is
   success. Inputs are written before (and may be overwritten), outputs are valid after it. */
int sample_run(void* arena);

static inline int8_t* sample_input_0(void* arena) {
  return (int8_t*)arena + SAMPLE_INPUT_0_OFFSET;
}
static inline const int8_t* sample_output_0(const void* arena) {
  return (const int8_t*)arena + SAMPLE_OUTPUT_0_OFFSET;
}
static inline const int32_t* sample_output_1(const void* arena) {
  return (const int32_t*)((const char*)arena + SAMPLE_OUTPUT_1_OFFSET);
}

#ifdef __cplusplus
}
#endif

#endif
