// Functions that generated code may call for floats and that neither libgcc nor picolibc have: IEEE
// 754-2019's maximum and minimum (which hand NaN on), and rounding half to even. Linked only where
// called.
#include <cstdint>

extern "C" {

float fmaximumf(float a, float b);
float fminimumf(float a, float b);
float roundevenf(float value);

float fmaximumf(float a, float b) {
  if (a != a || b != b) return a + b;
  if (a == b) return __builtin_signbit(a) != 0 ? b : a;  // +0 is more than -0
  return a > b ? a : b;
}

float fminimumf(float a, float b) {
  if (a != a || b != b) return a + b;
  if (a == b) return __builtin_signbit(a) != 0 ? a : b;
  return a < b ? a : b;
}

float roundevenf(float value) {
  constexpr float kNoFraction = 8388608.0F;  // 2^23: from here on all floats are whole
  const float magnitude = __builtin_fabsf(value);
  if (!(magnitude < kNoFraction)) return value;
  // Adding it leaves no bits for a fraction, and the addition rounds half to even.
  volatile float whole = magnitude + kNoFraction;
  return __builtin_copysignf(whole - kNoFraction, value);
}

}  // extern "C"
