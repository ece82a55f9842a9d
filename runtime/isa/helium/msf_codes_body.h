/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Runs of codes for Helium. Needs msf_scale. */
#ifndef MSF_CODES_BODY_HELIUM_H_
#define MSF_CODES_BODY_HELIUM_H_

#include <stdint.h>

#include "isa/helium/msf_vectors.h"

/* clang-format off */
/* x, of which msf_scale_doubled() would take the double, times a scale. The
 * rounding is a vector: there are not enough other registers. */
#define MSF_SCALE_X4(multiplier, rounding, shift)   \
  "vshr.s32 %q[t], %q[x], #31\n\t"                  \
  "vqrdmulh.s32 %q[x], %q[x], %[" multiplier "]\n\t"\
  "vadd.i32 %q[t], %q[t], %q[" rounding "]\n\t"     \
  "vadd.i32 %q[x], %q[x], %q[t]\n\t"                \
  "vshl.s32 %q[x], %[" shift "]\n\t"
#define MSF_SATURATE_X4                             \
  "vmax.s32 %q[x], %q[x], %q[low]\n\t"              \
  "vmin.s32 %q[x], %q[x], %q[high]\n\t"
/* clang-format on */

/* As in kernels/msf_codes_body.h, like all below. */
static inline void msf_clamp_codes(int8_t *codes, int32_t count, int32_t low,
                                   int32_t high) {
  if ((low == -128 && high == 127) || count <= 0) return;
  const int8x16_t least = vdupq_n_s8((int8_t)low);
  const int8x16_t most = vdupq_n_s8((int8_t)high);
  int8x16_t x;
  __asm__ volatile(
      "dlstp.8 lr, %[n]\n"
      "1:\n\t"
      "vldrb.8 %q[x], [%[codes]]\n\t"
      "vmax.s8 %q[x], %q[x], %q[least]\n\t"
      "vmin.s8 %q[x], %q[x], %q[most]\n\t"
      "vstrb.8 %q[x], [%[codes]], #16\n\t"
      "letp lr, 1b"
      : [x] "=&w"(x), [codes] "+r"(codes)
      : [n] "r"(count), [least] "w"(least), [most] "w"(most)
      : "lr", "memory");
}

static inline void msf_rescale_codes(const int8_t *in, int32_t count,
                                     int32_t zero_point, msf_scale scale,
                                     int8_t *out) {
  if (count <= 0) return;
  const int32x4_t low = vdupq_n_s32(-128);
  const int32x4_t high = vdupq_n_s32(127);
  const int32x4_t rounding = vdupq_n_s32(scale.rounding);
  int32x4_t x, t;
  __asm__ volatile(
      "dlstp.32 lr, %[n]\n"
      "1:\n\t"
      "vldrb.s32 %q[x], [%[in]], #4\n\t"
      "vsub.i32 %q[x], %q[x], %[zero]\n\t"
      MSF_SCALE_X4("multiplier", "rounding", "shift")
      MSF_SATURATE_X4
      "vstrb.32 %q[x], [%[out]], #4\n\t"
      "letp lr, 1b"
      : [x] "=&w"(x), [t] "=&w"(t), [in] "+l"(in), [out] "+l"(out)
      : [n] "r"(count), [zero] "r"(zero_point), [low] "w"(low),
        [high] "w"(high), [multiplier] "r"(scale.multiplier),
        [rounding] "w"(rounding), [shift] "r"(-scale.shift)
      : "lr", "memory");
}

#endif /* MSF_CODES_BODY_HELIUM_H_ */
