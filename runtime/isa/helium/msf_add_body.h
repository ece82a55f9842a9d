/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_add_elements() for Helium, four at a time. Needs msf_add_run. */
#ifndef MSF_ADD_BODY_HELIUM_H_
#define MSF_ADD_BODY_HELIUM_H_

#include "isa/helium/msf_codes_body.h"

/* As in kernels/msf_add_body.h; numbers are not doubled. */
static inline void msf_add_elements(const msf_add_run *run, int32_t count,
                                    int8_t *out) {
  if (count <= 0) return;
  const int8_t *small = run->small;
  const int8_t *large = run->large;
  const int32x4_t low = vdupq_n_s32(-128);
  const int32x4_t high = vdupq_n_s32(127);
  const int32x4_t rounding1 = vdupq_n_s32(run->small_scale.rounding);
  const int32x4_t rounding = vdupq_n_s32(run->scale.rounding);
  int32x4_t x, t, b;
  __asm__ volatile(
      "dlstp.32 lr, %[n]\n"
      "1:\n\t"
      "vldrb.s32 %q[x], [%[small]], #4\n\t"
      "vldrb.s32 %q[b], [%[large]], #4\n\t"
      "vsub.i32 %q[x], %q[x], %[zero]\n\t"
      "vshl.i32 %q[x], %q[x], #20\n\t"
      MSF_SCALE_X4("multiplier1", "rounding1", "shift1")
      "vshl.i32 %q[b], %q[b], #19\n\t"
      "vadd.i32 %q[x], %q[x], %q[b]\n\t"
      MSF_SCALE_X4("multiplier", "rounding", "shift")
      MSF_SATURATE_X4
      "vstrb.32 %q[x], [%[out]], #4\n\t"
      "letp lr, 1b"
      : [x] "=&w"(x), [t] "=&w"(t), [b] "=&w"(b), [small] "+l"(small),
        [large] "+l"(large), [out] "+l"(out)
      : [n] "r"(count), [zero] "r"(run->small_zero_point), [low] "w"(low),
        [high] "w"(high), [multiplier1] "r"(run->small_scale.multiplier),
        [rounding1] "w"(rounding1),
        [shift1] "r"(-run->small_scale.shift),
        [multiplier] "r"(run->scale.multiplier),
        [rounding] "w"(rounding), [shift] "r"(-run->scale.shift)
      : "lr", "memory");
}

#endif /* MSF_ADD_BODY_HELIUM_H_ */
