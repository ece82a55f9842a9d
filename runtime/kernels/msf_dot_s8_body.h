/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_dots_s8 in plain C++. Needs msf_sums. */
#ifndef MSF_DOT_S8_BODY_H_
#define MSF_DOT_S8_BODY_H_

#include <stdint.h>

/* The products of byte k with four rows. */
static inline void msf_dot_step(int32_t k, const int8_t *x,
                                const int8_t *const w[4], msf_sums<4> *s) {
  const int32_t value = x[k];
  s->a0 += (uint32_t)(value * w[0][k]);
  s->a1 += (uint32_t)(value * w[1][k]);
  s->a2 += (uint32_t)(value * w[2][k]);
  s->a3 += (uint32_t)(value * w[3][k]);
}

static inline void msf_dot_quad(const int8_t *x, int32_t n, const int8_t *w,
                                int32_t stride, int32_t *sums) {
  msf_sums<4> s(sums);
  const int8_t *rows[4] = {w, w + stride, w + 2 * stride, w + 3 * stride};
  for (; n >= 4; n -= 4) {
    msf_dot_step(0, x, rows, &s);
    msf_dot_step(1, x, rows, &s);
    msf_dot_step(2, x, rows, &s);
    msf_dot_step(3, x, rows, &s);
    x += 4;
    rows[0] += 4;
    rows[1] += 4;
    rows[2] += 4;
    rows[3] += 4;
  }
  for (int32_t k = 0; k < n; ++k) msf_dot_step(k, x, rows, &s);
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
