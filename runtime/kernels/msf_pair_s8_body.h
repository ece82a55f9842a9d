/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Operands in plain C++: the bytes as they are. */
#ifndef MSF_PAIR_S8_BODY_H_
#define MSF_PAIR_S8_BODY_H_

#include <stdint.h>

typedef struct msf_pair_operand {
  alignas(4) int8_t bytes[2][4 * MSF_PAIR_WORDS];
} msf_pair_operand;

/* Words [at, at + words) of a pixel become those at `from`, from + step and so
 * on. */
static inline void msf_pair_put(msf_pair_operand *x, int32_t pixel, int32_t at,
                                const int8_t *from, int32_t step,
                                int32_t words) {
  int8_t *to = x->bytes[pixel] + 4 * at;
  if ((((uintptr_t)from | (uintptr_t)step) & 3) == 0) {
    for (; words > 0; --words) {
      __builtin_memcpy(__builtin_assume_aligned(to, 4),
                       __builtin_assume_aligned(from, 4), 4);
      to += 4;
      from += step;
    }
    return;
  }
  for (; words > 0; --words) {
    to[0] = from[0];
    to[1] = from[1];
    to[2] = from[2];
    to[3] = from[3];
    to += 4;
    from += step;
  }
}

/* Words [at, at + words) of both pixels become those at x0 and x1. */
static inline void msf_pair_put_both(msf_pair_operand *x, int32_t at,
                                     const int8_t *x0, const int8_t *x1,
                                     int32_t words) {
  msf_pair_put(x, 0, at, x0, 4, words);
  msf_pair_put(x, 1, at, x1, 4, words);
}

/* Word `at` of both pixels become the `rest` bytes, 1 to 3, before `end0` and
 * `end1`, and zeros; there are more bytes before them. */
static inline void msf_pair_put_ends(msf_pair_operand *x, int32_t at,
                                     const int8_t *end0, const int8_t *end1,
                                     int32_t rest) {
  int8_t *to0 = x->bytes[0] + 4 * at;
  int8_t *to1 = x->bytes[1] + 4 * at;
  for (int32_t i = 0; i < 4; ++i) {
    to0[i] = i < rest ? end0[i - rest] : int8_t{0};
    to1[i] = i < rest ? end1[i - rest] : int8_t{0};
  }
}

#if !defined(MSF_FEW_REGISTERS)

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
  for (const int8_t *end = x0 + bytes; x0 != end;) {
    msf_pair_step(0, x0, x1, rows, &s);
    msf_pair_step(1, x0, x1, rows, &s);
    x0 += 2;
    x1 += 2;
    rows[0] += 2;
    rows[1] += 2;
    rows[2] += 2;
    rows[3] += 2;
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

#endif

/* sums[p][o] += sum over k < 4 * words of x[p][k] * w[o * w_stride + k], for
 * p < 2 and o < channels; sums is [2][MSF_PAIR_CHANNELS], aligned to 8. Sums
 * behind `channels` may become anything. */
static inline void msf_pair_multiply(const msf_pair_operand *x, int32_t words,
                                     const int8_t *w, int32_t w_stride,
                                     int32_t channels, int32_t *sums) {
  const int32_t bytes = 4 * words;
  int32_t o = 0;
#if !defined(MSF_FEW_REGISTERS)
  for (; o + 4 <= channels; o += 4) {
    msf_pair_quad(x->bytes[0], x->bytes[1], bytes, w, w_stride, sums + o);
    w += 4 * w_stride;
  }
#endif
  if (o == channels) return;
  sums += o;
  channels -= o;
  msf_dots_s8(x->bytes[0], bytes, w, w_stride, channels, sums);
  sums += MSF_PAIR_CHANNELS;
  msf_dots_s8(x->bytes[1], bytes, w, w_stride, channels, sums);
}

#endif /* MSF_PAIR_S8_BODY_H_ */
