/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Fixed-point arithmetic whose bytes are those of the TFLite reference
 * kernels (double rounding). */
#ifndef MSF_MATH_H_
#define MSF_MATH_H_

#include <stdint.h>

#include "msf_isa.h"

/* High 32 bits of 2ab, rounded to nearest, ties upward; b must not be
 * INT32_MIN. gemmlowp adds a nudge of the product's sign and divides towards
 * zero; flooring (ab + 2^30) / 2^31 is the same number in half the
 * instructions. */
static inline int32_t msf_doubling_high_mul_pos(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * (int64_t)b + ((int64_t)1 << 30)) >> 31);
}

/* msf_high_mul() for cores that multiply to 32 bits. No sum leaves int32:
 * products of halves lie in [-2^31 + 2^15, 2^31 - 2^16 - 2^15 + 1]. */
static inline int32_t msf_high_mul_by_halves(int32_t a, int32_t b) {
  const int32_t a_low = a & 0xffff, a_high = a >> 16;
  const int32_t b_low = b & 0xffff, b_high = b >> 16;
  const uint32_t low = (uint32_t)a_low * (uint32_t)b_low;
  const int32_t first = a_high * b_low + (int32_t)(low >> 16);
  const int32_t second = a_low * b_high + (first & 0xffff);
  return a_high * b_high + (first >> 16) + (second >> 16) +
         ((second >> 15) & 1);
}

/* High 32 bits of ab, rounded to nearest, ties upward. */
static inline int32_t msf_high_mul(int32_t a, int32_t b) {
#if defined(MSF_ISA_ARMV7EM)
  int32_t high;
  __asm__("smmulr %0, %1, %2" : "=r"(high) : "r"(a), "r"(b));
  return high;
#elif defined(MSF_FEW_REGISTERS)
  return msf_high_mul_by_halves(a, b);
#else
  const int64_t product = (int64_t)a * (int64_t)b;
  return (int32_t)(product >> 32) + (int32_t)((uint32_t)product >> 31);
#endif
}

/* Doubling, for any a and b: saturates the one overflow. gemmlowp's
 * SaturatingRoundingDoublingHighMul. */
static inline int32_t msf_doubling_high_mul(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  return msf_doubling_high_mul_pos(a, b);
}

/* a / 2^exponent, rounded to nearest, ties away from zero. exponent in
 * [0, 31]. gemmlowp's RoundingDivideByPOT. */
static inline int32_t msf_rounding_shift_right(int32_t a, int32_t exponent) {
  const int32_t mask = (int32_t)(((uint32_t)1 << exponent) - 1u);
  const int32_t remainder = a & mask;
  const int32_t threshold = (mask >> 1) + (a < 0 ? 1 : 0);
  return (a >> exponent) + (remainder > threshold ? 1 : 0);
}

/* x * multiplier * 2^(shift - 31). |multiplier| < 2^31, shift in [-31, 30];
 * the left shift wraps as TFLite's does. TFLite's MultiplyByQuantizedMultiplier
 * with double rounding. */
static inline int32_t msf_requantize(int32_t x, int32_t multiplier,
                                     int32_t shift) {
  const int32_t left = shift > 0 ? shift : 0;
  int32_t high =
      msf_doubling_high_mul_pos((int32_t)((uint32_t)x << left), multiplier);
  if (shift >= 0) return high;
  /* msf_rounding_shift_right() in fewer instructions: lowering a negative
   * number by one turns its ties downward. An accumulator is far from the
   * ends of int32 (operators refuse others), so neither step overflows. */
  high += high >> 31;
  return ((high >> (-shift - 1)) + 1) >> 1;
}

/* Sum modulo 2^32, where TFLite's own sum may leave int32. */
static inline int32_t msf_add_wrap(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a + (uint32_t)b);
}

static inline int32_t msf_clamp(int32_t x, int32_t low, int32_t high) {
  return x < low ? low : (x > high ? high : x);
}

static inline int32_t msf_saturate_s8(int32_t x) {
#if defined(MSF_ISA_ARMV7EM)
  int32_t code;
  __asm__("ssat %0, #8, %1" : "=r"(code) : "r"(x));
  return code;
#else
  return msf_clamp(x, -128, 127);
#endif
}

/* An accumulator as the int8 code of the output. */
static inline int8_t msf_finish_s8(int32_t acc, int32_t multiplier,
                                   int32_t shift, int32_t zero_point,
                                   int32_t low, int32_t high) {
  const int32_t scaled = msf_requantize(acc, multiplier, shift);
  return (int8_t)msf_clamp(msf_add_wrap(scaled, zero_point), low, high);
}

/* msf_requantize() plus a zero point, for what nearly all layers have: |acc| <
 * 2^30, shift in [-22, -1]; `codes` is 2 * zero_point + 1. The doubled sum
 * makes the high word of the product the result; half of the divisor, which
 * rounds, and the zero point are added in front of the division as one
 * number. */
static inline int32_t msf_simple_requantize(int32_t acc, int32_t multiplier,
                                            int32_t shift, int32_t codes) {
  int32_t high = msf_high_mul(acc * 2, multiplier);
  high += high >> 31; /* ties away from zero, see msf_requantize() */
  return (high + (int32_t)((uint32_t)codes << (-shift - 1))) >> -shift;
}

/* The smaller one; an x_end cut to the width of a row. */
static inline int32_t msf_min(int32_t a, int32_t b) { return a < b ? a : b; }

#endif /* MSF_MATH_H_ */
