/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_requantize() where a loop does it with one scale: what depends on the
 * scale alone is worked out before the loop. */
#ifndef MSF_SCALE_H_
#define MSF_SCALE_H_

#include <stdint.h>

#include "msf_math.h"

/* multiplier * 2^-(shift + 31), then a zero point. The multiplier is not
 * negative. */
typedef struct msf_scale {
  int32_t multiplier;
  int32_t rounding; /* zero point and half of the divisor 2^shift, times it */
  int32_t shift;    /* in [1, 23] */
} msf_scale;

/* `shift` as in msf_requantize(), in [-23, -1]; the zero point is an int8 code,
 * or so small that its product with the divisor stays below 2^31. */
static inline msf_scale msf_scale_of(int32_t multiplier, int32_t shift,
                                     int32_t zero_point) {
  const int32_t rounding = (2 * zero_point + 1) * (1 << (-shift - 1));
  return {multiplier, rounding, -shift};
}

static inline bool msf_has_scale(int32_t shift) {
  return shift >= -23 && shift <= -1;
}

/* High word of a * b, rounded, + c. */
static inline int32_t msf_high_mul_add(int32_t a, int32_t b, int32_t c) {
#if defined(MSF_ISA_ARMV7EM)
  int32_t high;
  __asm__("smmlar %0, %1, %2, %3" : "=r"(high) : "r"(a), "r"(b), "r"(c));
  return high;
#else
  return msf_high_mul(a, b) + c;
#endif
}

/* msf_requantize() of half of `doubled`, which is even, plus the zero point.
 * Ties go away from zero by the sign of the number; msf_requantize() takes
 * that of its product with the multiplier, which differs only where the
 * product rounds to 0, and then the result is the zero point either way. */
static inline int32_t msf_scale_doubled(int32_t doubled, msf_scale scale) {
  const int32_t c = scale.rounding + (doubled >> 31);
  return msf_high_mul_add(doubled, scale.multiplier, c) >> scale.shift;
}

#if defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_codes_body.h"
#else
#include "kernels/msf_codes_body.h"
#endif

#endif /* MSF_SCALE_H_ */
