/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_dot_s8 in plain C++, and bytes copied. Needs msf_sums. */
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

/* sums[i] += sum over k < n of x[k] * w[i * stride + k], for i < N. */
template <int N>
static inline void msf_dot_s8(const int8_t *x, const int8_t *w, int32_t stride,
                              int32_t n, msf_sums<N> *sums) {
  msf_sums<N> s = *sums;
  if constexpr (N == 1) {
    for (; n > 0; --n) s.a0 += (uint32_t)(*x++ * *w++);
  } else {
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
  }
  *sums = s;
}

static inline void msf_copy_s8(int8_t *to, const int8_t *from, int32_t n) {
  for (; n > 0; --n) *to++ = *from++;
}

#endif /* MSF_DOT_S8_BODY_H_ */
