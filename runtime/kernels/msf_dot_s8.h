/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The inner loops of convolutions and dense layers: N output channels at a
 * time, so that an input byte is loaded once for N products. C++ only; a twin
 * for an instruction set replaces these bodies.
 *
 * Sums are taken modulo 2^32: a bias that has absorbed a zero point may lie
 * outside int32, and the products bring it back. */
#ifndef MSF_DOT_S8_H_
#define MSF_DOT_S8_H_

#include <stdint.h>

#include "msf_math.h"

/* N sums in registers. Written out for one and four because -O2 does not
 * unroll, and an index would force an array into memory. */
template <int N>
struct msf_sums {
  static_assert(N == 1 || N == 4, "written out for one and four channels");
  uint32_t a0, a1, a2, a3;

  explicit msf_sums(const int32_t *from)
      : a0((uint32_t)from[0]), a1(0), a2(0), a3(0) {
    if constexpr (N == 4) {
      a1 = (uint32_t)from[1];
      a2 = (uint32_t)from[2];
      a3 = (uint32_t)from[3];
    }
  }

  void store(int32_t *to) const {
    to[0] = (int32_t)a0;
    if constexpr (N == 4) {
      to[1] = (int32_t)a1;
      to[2] = (int32_t)a2;
      to[3] = (int32_t)a3;
    }
  }
};

/* sums[i] += sum over k < n of x[k] * w[i * stride + k], for i < N. */
template <int N>
static inline void msf_dot_s8(const int8_t *x, const int8_t *w, int32_t stride,
                              int32_t n, msf_sums<N> *sums) {
  msf_sums<N> s = *sums;
  if constexpr (N == 1) {
    for (; n > 0; --n) s.a0 += (uint32_t)(*x++ * *w++);
  } else {
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
  }
  *sums = s;
}

/* Writes channels [o, o + n) of a vector from their sums. Params is any
 * parameter struct with these members; they are copied because the stores to
 * `out` may alias them. Out of line: rare next to the products. */
template <typename Params>
__attribute__((noinline)) void msf_finish_channels(const Params *p,
                                                   const int32_t *sums,
                                                   int32_t o, int32_t n,
                                                   int8_t *out) {
  const int32_t zero_point = p->output_zero_point;
  const int32_t low = p->clamp_min;
  const int32_t high = p->clamp_max;
  const int32_t *multiplier = p->multipliers;
  const int8_t *shift = p->shifts;
  out += o;
  if (p->scale_step == 0) {
    const int32_t m = *multiplier;
    const int32_t s = *shift;
    for (; n > 0; --n) {
      *out++ = msf_finish_s8(*sums++, m, s, zero_point, low, high);
    }
    return;
  }
  multiplier += o;
  shift += o;
  for (; n > 0; --n) {
    *out++ =
        msf_finish_s8(*sums++, *multiplier++, *shift++, zero_point, low, high);
  }
}

#endif /* MSF_DOT_S8_H_ */
