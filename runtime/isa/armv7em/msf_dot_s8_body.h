/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_dot_s8 and msf_copy_s8 for Armv7E-M: a word of four bytes at a time. */
#ifndef MSF_DOT_S8_ARMV7EM_H_
#define MSF_DOT_S8_ARMV7EM_H_

#include <stdint.h>

#include "isa/armv7em/msf_words.h"

/* sum plus the products of a word of weights with a widened word. */
static inline uint32_t msf_add_word(uint32_t even, uint32_t odd,
                                    const int8_t *w, uint32_t sum) {
  const uint32_t word = msf_load_word(w);
  sum = msf_add_products(even, msf_even_bytes(word), sum);
  return msf_add_products(odd, msf_odd_bytes(word), sum);
}

/* As in kernels/msf_dot_s8_body.h. */
template <int N>
static inline void msf_dot_s8(const int8_t *x, const int8_t *w, int32_t stride,
                              int32_t n, msf_sums<N> *sums) {
  msf_sums<N> s = *sums;
  const int32_t stride2 = 2 * stride;
  const int32_t stride3 = 3 * stride;
  for (const int8_t *end = x + (n & ~3); x != end; x += 4) {
    const uint32_t word = msf_load_word(x);
    const uint32_t even = msf_even_bytes(word);
    const uint32_t odd = msf_odd_bytes(word);
    s.a0 = msf_add_word(even, odd, w, s.a0);
    if constexpr (N == 4) {
      s.a1 = msf_add_word(even, odd, w + stride, s.a1);
      s.a2 = msf_add_word(even, odd, w + stride2, s.a2);
      s.a3 = msf_add_word(even, odd, w + stride3, s.a3);
    }
    w += 4;
  }
  for (n &= 3; n > 0; --n) {
    const int32_t value = *x++;
    s.a0 += (uint32_t)(value * w[0]);
    if constexpr (N == 4) {
      s.a1 += (uint32_t)(value * w[stride]);
      s.a2 += (uint32_t)(value * w[stride2]);
      s.a3 += (uint32_t)(value * w[stride3]);
    }
    ++w;
  }
  *sums = s;
}

static inline void msf_copy_s8(int8_t *to, const int8_t *from, int32_t n) {
  for (; n >= 4; n -= 4) {
    __builtin_memcpy(to, from, 4);
    to += 4;
    from += 4;
  }
  for (; n > 0; --n) *to++ = *from++;
}

#endif /* MSF_DOT_S8_ARMV7EM_H_ */
