/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Fixed-point arithmetic whose bytes are those of the TFLite reference
 * kernels (double rounding). */
#ifndef MSF_MATH_H_
#define MSF_MATH_H_

#include <stdint.h>

/* High 32 bits of 2ab, rounded to nearest, ties away from zero; saturates the
 * one overflow. gemmlowp's SaturatingRoundingDoublingHighMul. */
static inline int32_t msf_doubling_high_mul(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  const int64_t product = (int64_t)a * (int64_t)b;
  const int32_t nudge = product >= 0 ? (1 << 30) : (1 - (1 << 30));
  return (int32_t)((product + nudge) / ((int64_t)1 << 31));
}

/* a / 2^exponent, rounded to nearest, ties away from zero. exponent in
 * [0, 31]. gemmlowp's RoundingDivideByPOT. */
static inline int32_t msf_rounding_shift_right(int32_t a, int32_t exponent) {
  const int32_t mask = (int32_t)(((uint32_t)1 << exponent) - 1u);
  const int32_t remainder = a & mask;
  const int32_t threshold = (mask >> 1) + (a < 0 ? 1 : 0);
  return (a >> exponent) + (remainder > threshold ? 1 : 0);
}

/* x * multiplier * 2^(shift - 31). shift in [-31, 30]; the left shift wraps
 * as TFLite's does. TFLite's MultiplyByQuantizedMultiplier with double
 * rounding. */
static inline int32_t msf_requantize(int32_t x, int32_t multiplier,
                                     int32_t shift) {
  const int32_t left = shift > 0 ? shift : 0;
  const int32_t right = shift > 0 ? 0 : -shift;
  const int32_t shifted = (int32_t)((uint32_t)x << left);
  return msf_rounding_shift_right(msf_doubling_high_mul(shifted, multiplier),
                                  right);
}

static inline int32_t msf_clamp(int32_t x, int32_t low, int32_t high) {
  return x < low ? low : (x > high ? high : x);
}

#endif /* MSF_MATH_H_ */
