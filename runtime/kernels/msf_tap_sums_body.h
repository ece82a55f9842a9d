/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_tap_sums.h in plain C++. */
#ifndef MSF_TAP_SUMS_BODY_H_
#define MSF_TAP_SUMS_BODY_H_

#include <stdint.h>

/* sums[c] += a[c] * w[c], for c < channels, a multiple of four; `a` is aligned
 * to words. */
__attribute__((noinline)) static void msf_add_tap(const int8_t *a,
                                                  const int8_t *w,
                                                  int32_t channels,
                                                  int32_t *sums) {
  for (const int8_t *const end = a + channels; a != end;) {
    *sums = (int32_t)((uint32_t)*sums + (uint32_t)(*a++ * *w++));
    ++sums;
  }
}

/* The same for two taps. */
__attribute__((noinline)) static void msf_add_taps(
    const int8_t *a, const int8_t *w_a, const int8_t *b, const int8_t *w_b,
    int32_t channels, int32_t *sums) {
  for (const int8_t *const end = a + channels; a != end;) {
    const int32_t products = *a++ * *w_a++ + *b++ * *w_b++;
    *sums = (int32_t)((uint32_t)*sums + (uint32_t)products);
    ++sums;
  }
}

#endif /* MSF_TAP_SUMS_BODY_H_ */
