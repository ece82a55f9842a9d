/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_dots_s8 in plain C++. Needs msf_sums. */
#ifndef MSF_DOT_S8_BODY_H_
#define MSF_DOT_S8_BODY_H_

#include <stdint.h>

/* Four rows at once, so that an input byte is loaded once for all. */
static inline void msf_dot_quad(const int8_t *x, int32_t n, const int8_t *w,
                                int32_t stride, int32_t *sums) {
  msf_sums<4> s(sums);
  const int8_t *w1 = w + stride;
  const int8_t *w2 = w1 + stride;
  const int8_t *w3 = w2 + stride;
  for (; n > 0; --n) {
    const int32_t value = *x++;
    s.a0 += (uint32_t)(value * *w++);
    s.a1 += (uint32_t)(value * *w1++);
    s.a2 += (uint32_t)(value * *w2++);
    s.a3 += (uint32_t)(value * *w3++);
  }
  s.store(sums);
}

/* sums[o] += sum over k < n of x[k] * w[o * stride + k], for o < channels. */
__attribute__((noinline, unused)) static void msf_dots_s8(
    const int8_t *x, int32_t n, const int8_t *w, int32_t stride,
    int32_t channels, int32_t *sums) {
  for (; channels >= 4; channels -= 4) {
    msf_dot_quad(x, n, w, stride, sums);
    w += 4 * stride;
    sums += 4;
  }
  for (; channels > 0; --channels) {
    uint32_t sum = (uint32_t)*sums;
    for (int32_t k = 0; k < n; ++k) sum += (uint32_t)(x[k] * w[k]);
    *sums++ = (int32_t)sum;
    w += stride;
  }
}

#endif /* MSF_DOT_S8_BODY_H_ */
