/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_tap_sums.h for Helium, four channels at a time. */
#ifndef MSF_TAP_SUMS_BODY_HELIUM_H_
#define MSF_TAP_SUMS_BODY_HELIUM_H_

#include <arm_mve.h>
#include <stdint.h>

/* As in kernels/msf_tap_sums_body.h, like the next one. */
__attribute__((noinline)) static void msf_add_tap(const int8_t *a,
                                                  const int8_t *w,
                                                  int32_t channels,
                                                  int32_t *sums) {
  for (; channels > 0; channels -= 4) {
    const int32x4_t products = vmulq_s32(vldrbq_s32(a), vldrbq_s32(w));
    vstrwq_s32(sums, vaddq_s32(vldrwq_s32(sums), products));
    a += 4;
    w += 4;
    sums += 4;
  }
}

__attribute__((noinline, unused)) static void msf_add_taps(
    const int8_t *a, const int8_t *w_a, const int8_t *b, const int8_t *w_b,
    int32_t channels, int32_t *sums) {
  msf_add_tap(a, w_a, channels, sums);
  msf_add_tap(b, w_b, channels, sums);
}

#endif /* MSF_TAP_SUMS_BODY_HELIUM_H_ */
