/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_pair_s8 in plain C++. */
#ifndef MSF_PAIR_S8_BODY_H_
#define MSF_PAIR_S8_BODY_H_

#include <stdint.h>

/* Sums of two pixels in four channels; written out to stay in registers. */
typedef struct msf_pair_sums {
  uint32_t a0, a1, a2, a3;
  uint32_t b0, b1, b2, b3;
} msf_pair_sums;

/* The products of byte k. */
static inline void msf_pair_step(int32_t k, const int8_t *x0, const int8_t *x1,
                                 const int8_t *const w[4], msf_pair_sums *s) {
  const int32_t a = x0[k];
  const int32_t b = x1[k];
  int32_t weight = w[0][k];
  s->a0 += (uint32_t)(a * weight);
  s->b0 += (uint32_t)(b * weight);
  weight = w[1][k];
  s->a1 += (uint32_t)(a * weight);
  s->b1 += (uint32_t)(b * weight);
  weight = w[2][k];
  s->a2 += (uint32_t)(a * weight);
  s->b2 += (uint32_t)(b * weight);
  weight = w[3][k];
  s->a3 += (uint32_t)(a * weight);
  s->b3 += (uint32_t)(b * weight);
}

/* Four channels. */
static inline void msf_pair_quad(const int8_t *x0, const int8_t *x1,
                                 int32_t bytes, const int8_t *w,
                                 int32_t w_stride, int32_t *sums) {
  int32_t *const other = sums + MSF_PAIR_CHANNELS;
  msf_pair_sums s = {(uint32_t)sums[0],  (uint32_t)sums[1],  (uint32_t)sums[2],
                     (uint32_t)sums[3],  (uint32_t)other[0], (uint32_t)other[1],
                     (uint32_t)other[2], (uint32_t)other[3]};
  const int8_t *rows[4] = {w, w + w_stride, w + 2 * w_stride, w + 3 * w_stride};
  for (; bytes > 0; bytes -= 4) {
    msf_pair_step(0, x0, x1, rows, &s);
    msf_pair_step(1, x0, x1, rows, &s);
    msf_pair_step(2, x0, x1, rows, &s);
    msf_pair_step(3, x0, x1, rows, &s);
    x0 += 4;
    x1 += 4;
    rows[0] += 4;
    rows[1] += 4;
    rows[2] += 4;
    rows[3] += 4;
  }
  sums[0] = (int32_t)s.a0;
  sums[1] = (int32_t)s.a1;
  sums[2] = (int32_t)s.a2;
  sums[3] = (int32_t)s.a3;
  other[0] = (int32_t)s.b0;
  other[1] = (int32_t)s.b1;
  other[2] = (int32_t)s.b2;
  other[3] = (int32_t)s.b3;
}

/* sums[p][o] += sum over k < bytes of xp[k] * w[o * w_stride + k], for p < 2
 * and o < channels; sums is [2][MSF_PAIR_CHANNELS], aligned to 8. bytes is a
 * multiple of 4. Sums behind `channels` may become anything. */
static inline void msf_pair_s8(const int8_t *x0, const int8_t *x1,
                               int32_t bytes, const int8_t *w, int32_t w_stride,
                               int32_t channels, int32_t *sums) {
  int32_t o = 0;
  for (; o + 4 <= channels; o += 4) {
    msf_pair_quad(x0, x1, bytes, w, w_stride, sums + o);
    w += 4 * w_stride;
  }
  if (o == channels) return;
  msf_dots_s8(x0, bytes, w, w_stride, channels - o, sums + o);
  msf_dots_s8(x1, bytes, w, w_stride, channels - o,
              sums + o + MSF_PAIR_CHANNELS);
}

#endif /* MSF_PAIR_S8_BODY_H_ */
