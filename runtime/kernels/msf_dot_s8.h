/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The inner loops of convolutions and dense layers: N output channels at a
 * time, so that an input byte is loaded once for N products. C++ only; a twin
 * for an instruction set replaces these bodies. No sum of 131071 or fewer
 * products of int8 leaves int32. */
#ifndef MSF_DOT_S8_H_
#define MSF_DOT_S8_H_

#include <stdint.h>

#include "msf_math.h"

/* acc[i] += sum over k < n of x[k] * w[i * stride + k], for i < N. */
template <int N>
void msf_dot_s8(const int8_t *x, const int8_t *w, int32_t stride, int32_t n,
                int32_t *acc);

template <>
inline void msf_dot_s8<1>(const int8_t *x, const int8_t *w, int32_t, int32_t n,
                          int32_t *acc) {
  int32_t a0 = acc[0];
  for (; n > 0; --n) a0 += *x++ * *w++;
  acc[0] = a0;
}

template <>
inline void msf_dot_s8<4>(const int8_t *x, const int8_t *w, int32_t stride,
                          int32_t n, int32_t *acc) {
  const int8_t *w0 = w;
  const int8_t *w1 = w0 + stride;
  const int8_t *w2 = w1 + stride;
  const int8_t *w3 = w2 + stride;
  int32_t a0 = acc[0], a1 = acc[1], a2 = acc[2], a3 = acc[3];
  for (; n > 0; --n) {
    const int32_t value = *x++;
    a0 += value * *w0++;
    a1 += value * *w1++;
    a2 += value * *w2++;
    a3 += value * *w3++;
  }
  acc[0] = a0;
  acc[1] = a1;
  acc[2] = a2;
  acc[3] = a3;
}

/* sums[i] += acc[i] modulo 2^32: bias and products may each be near the ends
 * of int32. Written out because -O2 does not unroll, and an index would force
 * acc out of its registers. */
template <int N>
inline void msf_add_sums(int32_t *sums, const int32_t *acc) {
  static_assert(N == 1 || N == 4, "written out for one and four channels");
  sums[0] = msf_add_wrap(sums[0], acc[0]);
  if constexpr (N == 4) {
    sums[1] = msf_add_wrap(sums[1], acc[1]);
    sums[2] = msf_add_wrap(sums[2], acc[2]);
    sums[3] = msf_add_wrap(sums[3], acc[3]);
  }
}

/* Writes channels [o, o + n) of a vector from their sums. Params is any
 * parameter struct with these members; they are copied because the stores to
 * `out` may alias them. Out of line: rare next to the products. */
template <typename Params>
__attribute__((noinline)) void msf_finish_channels(const Params *p,
                                                   const int32_t *sums,
                                                   int32_t o, int32_t n,
                                                   int8_t *out) {
  const int32_t step = p->scale_step;
  const int32_t *multiplier = p->multipliers + o * step;
  const int8_t *shift = p->shifts + o * step;
  const int32_t zero_point = p->output_zero_point;
  const int32_t low = p->clamp_min;
  const int32_t high = p->clamp_max;
  out += o;
  for (; n > 0; --n) {
    *out++ = msf_finish_s8(*sums++, *multiplier, *shift, zero_point, low, high);
    multiplier += step;
    shift += step;
  }
}

#endif /* MSF_DOT_S8_H_ */
