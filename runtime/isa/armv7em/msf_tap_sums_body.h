/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_tap_sums.h for Armv7E-M: four channels are a word, whose even and odd
 * bytes are widened to pairs of int16. */
#ifndef MSF_TAP_SUMS_BODY_ARMV7EM_H_
#define MSF_TAP_SUMS_BODY_ARMV7EM_H_

#include <stdint.h>

#include "isa/armv7em/msf_words.h"

/* sums of channels 0 to 3 plus the products of two words. */
static inline void msf_add_words(uint32_t a, uint32_t w, uint32_t *s0,
                                 uint32_t *s1, uint32_t *s2, uint32_t *s3) {
  const uint32_t a02 = msf_even_bytes(a);
  const uint32_t a13 = msf_odd_bytes(a);
  const uint32_t w02 = msf_even_bytes(w);
  const uint32_t w13 = msf_odd_bytes(w);
  __asm__("smlabb %0, %1, %2, %0" : "+r"(*s0) : "r"(a02), "r"(w02));
  __asm__("smlatt %0, %1, %2, %0" : "+r"(*s2) : "r"(a02), "r"(w02));
  __asm__("smlabb %0, %1, %2, %0" : "+r"(*s1) : "r"(a13), "r"(w13));
  __asm__("smlatt %0, %1, %2, %0" : "+r"(*s3) : "r"(a13), "r"(w13));
}

/* As in kernels/msf_tap_sums_body.h, like the next one. */
__attribute__((noinline)) static void msf_add_tap(const int8_t *a,
                                                  const int8_t *w,
                                                  int32_t channels,
                                                  int32_t *sums) {
  uint32_t *s = (uint32_t *)sums;
  for (const int8_t *const end = a + channels; a != end; a += 4) {
    uint32_t s0 = s[0], s1 = s[1], s2 = s[2], s3 = s[3];
    msf_add_words(msf_load_word(a), msf_load_word(w), &s0, &s1, &s2, &s3);
    s[0] = s0;
    s[1] = s1;
    s[2] = s2;
    s[3] = s3;
    w += 4;
    s += 4;
  }
}

__attribute__((noinline)) static void msf_add_taps(
    const int8_t *a, const int8_t *w_a, const int8_t *b, const int8_t *w_b,
    int32_t channels, int32_t *sums) {
  uint32_t *s = (uint32_t *)sums;
  for (const int8_t *const end = a + channels; a != end; a += 4) {
    uint32_t s0 = s[0], s1 = s[1], s2 = s[2], s3 = s[3];
    msf_add_words(msf_load_word(a), msf_load_word(w_a), &s0, &s1, &s2, &s3);
    msf_add_words(msf_load_word(b), msf_load_word(w_b), &s0, &s1, &s2, &s3);
    s[0] = s0;
    s[1] = s1;
    s[2] = s2;
    s[3] = s3;
    b += 4;
    w_a += 4;
    w_b += 4;
    s += 4;
  }
}

#endif /* MSF_TAP_SUMS_BODY_ARMV7EM_H_ */
