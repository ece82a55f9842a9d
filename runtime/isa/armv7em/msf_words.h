/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Words of four int8, for Armv7E-M. */
#ifndef MSF_WORDS_ARMV7EM_H_
#define MSF_WORDS_ARMV7EM_H_

#include <stdint.h>

/* Four bytes from any address. */
static inline uint32_t msf_load_word(const int8_t *from) {
  uint32_t word;
  __builtin_memcpy(&word, from, sizeof(word));
  return word;
}

/* Bytes 0 and 2 as int16. */
static inline uint32_t msf_even_bytes(uint32_t word) {
  uint32_t wide;
  __asm__("sxtb16 %0, %1" : "=r"(wide) : "r"(word));
  return wide;
}

/* Bytes 1 and 3 as int16. In assembly: compilers rotate first. */
static inline uint32_t msf_odd_bytes(uint32_t word) {
  uint32_t wide;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(wide) : "r"(word));
  return wide;
}

/* sum plus both products of halfwords. Unlike the intrinsic it does not tell
 * the compiler that a flag may change. */
static inline uint32_t msf_add_products(uint32_t x, uint32_t w, uint32_t sum) {
  __asm__("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(x), "r"(w));
  return sum;
}

#endif /* MSF_WORDS_ARMV7EM_H_ */
