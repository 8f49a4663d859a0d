/* A firmware of someone else's: C, gcc, its own start-up, no kernel of Thimble. It links a compiled
   model, runs it on a ramp and prints the first output, on QEMU's virt machine. */
#include <stddef.h>
#include <stdint.h>
#include MODEL_HEADER

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)

static _Alignas(JOIN(MODEL_CAPS, _ARENA_ALIGNMENT)) uint8_t arena[JOIN(MODEL_CAPS, _ARENA_BYTES)];

static void print(const char* text) {
  while (*text) *(volatile uint8_t*)0x10000000 = (uint8_t)*text++; /* UART of QEMU: never full */
}

static void print_number(long number) {
  char digits[12] = {0};
  size_t first = sizeof digits - 1;
  unsigned long rest = number < 0 ? 0UL - (unsigned long)number : (unsigned long)number;
  do digits[--first] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (number < 0) digits[--first] = '-';
  print(digits + first);
}

#ifdef FED
/* The model was compiled with --feed: its rows are written where it wants them. */
static int infer(void) {
  int status = JOIN(MODEL, _begin)(arena);
  size_t next = 0;
  while (status == 0 && JOIN(MODEL, _rows_fed)(arena) < JOIN(MODEL_CAPS, _INPUT_0_ROWS)) {
    const size_t end = next + JOIN(MODEL_CAPS, _INPUT_0_COUNT) / JOIN(MODEL_CAPS, _INPUT_0_ROWS);
    uint32_t count;
    for (__auto_type element = JOIN(MODEL, _next_rows)(arena, &count); next < end; ++next)
      *element++ = next;
    status = JOIN(MODEL, _rows_written)(arena, 1);
  }
  return status != 0 ? status : JOIN(MODEL, _finish)(arena);
}
#else
static int infer(void) {
  for (size_t i = 0; i < JOIN(MODEL_CAPS, _INPUT_0_COUNT); ++i) JOIN(MODEL, _input_0)(arena)[i] = i;
  return JOIN(MODEL, _run)(arena);
}
#endif

__attribute__((noreturn, used)) static void start(void) {
  extern uint32_t bss_start[], bss_end[];
  for (volatile uint32_t* word = bss_start; word < bss_end; ++word) *word = 0;

  const int status = infer();
  print(TEXT(MODEL) ": status ");
  print_number(status);
  print(", output");
  for (size_t i = 0; i < JOIN(MODEL_CAPS, _OUTPUT_0_COUNT); ++i) {
    print(" ");
    print_number(JOIN(MODEL, _output_0)(arena)[i]);
  }
  print("\n");
  *(volatile uint32_t*)0x100000 = status == 0 ? 0x5555 : 0x13333; /* the machine's power switch */
  for (;;) {
  }
}

__attribute__((naked, section(".text.start"))) void reset(void) {
  __asm__("la sp, stack_top\n j %0" ::"i"(start));
}
