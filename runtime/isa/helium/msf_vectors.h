/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Vectors of Helium (MVE), and the rescaling of four sums at once.
 *
 * Loops that a compiler would fill with predicates are in assembly: there
 * DLSTP and LETP cut the last turn to the elements that are left. */
#ifndef MSF_VECTORS_HELIUM_H_
#define MSF_VECTORS_HELIUM_H_

#include <arm_mve.h>
#include <stdint.h>

/* msf_requantize() of four sums. kSimple: all shifts are negative.
 *
 * VQRDMULH is msf_doubling_high_mul_pos(): both floor (ab + 2^30) / 2^31.
 * VRSHL rounds ties upward; negative numbers are lowered by one before, which
 * turns theirs downward, unless nothing is shifted out. */
template <bool kSimple>
static inline int32x4_t msf_requantize_x4(int32x4_t x, int32x4_t multiplier,
                                          int32x4_t shift) {
  int32x4_t right = shift;
  if (!kSimple) {
    const int32x4_t zero = vdupq_n_s32(0);
    x = vshlq_s32(x, vmaxq_s32(shift, zero));
    right = vminq_s32(shift, zero);
  }
  const int32x4_t high = vqrdmulhq_s32(x, multiplier);
  const int32x4_t sign = kSimple ? high : vandq_s32(high, right);
  return vrshlq_s32(vaddq_s32(high, vshrq_n_s32(sign, 31)), right);
}

/* Copies n >= 0 bytes. */
static inline void msf_copy_bytes(int8_t *to, const int8_t *from, int32_t n) {
  int8x16_t x;
  __asm__ volatile(
      "wlstp.8 lr, %[n], 2f\n"
      "1:\n\t"
      "vldrb.8 %q[x], [%[from]], #16\n\t"
      "vstrb.8 %q[x], [%[to]], #16\n\t"
      "letp lr, 1b\n"
      "2:"
      : [x] "=&w"(x), [to] "+r"(to), [from] "+r"(from)
      : [n] "r"(n)
      : "lr", "memory");
}

/* n >= 0 bytes become `value`. */
static inline void msf_fill_bytes(int8_t *to, int8_t value, int32_t n) {
  const int8x16_t x = vdupq_n_s8(value);
  __asm__ volatile(
      "wlstp.8 lr, %[n], 2f\n"
      "1:\n\t"
      "vstrb.8 %q[x], [%[to]], #16\n\t"
      "letp lr, 1b\n"
      "2:"
      : [to] "+r"(to)
      : [n] "r"(n), [x] "w"(x)
      : "lr", "memory");
}

#endif /* MSF_VECTORS_HELIUM_H_ */
