/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Sums of codes for Helium. */
#ifndef MSF_ADD_CODES_BODY_HELIUM_H_
#define MSF_ADD_CODES_BODY_HELIUM_H_

#include "isa/helium/msf_vectors.h"

/* As in kernels/msf_add_codes_body.h. */
static inline void msf_add_codes(const int8_t *codes, int32_t count,
                                 int32_t *sums) {
  int32x4_t x, sum;
  __asm__ volatile(
      "wlstp.32 lr, %[n], 2f\n"
      "1:\n\t"
      "vldrb.s32 %q[x], [%[codes]], #4\n\t"
      "vldrw.s32 %q[sum], [%[sums]]\n\t"
      "vadd.i32 %q[sum], %q[sum], %q[x]\n\t"
      "vstrw.32 %q[sum], [%[sums]], #16\n\t"
      "letp lr, 1b\n"
      "2:"
      : [x] "=&w"(x), [sum] "=&w"(sum), [codes] "+l"(codes), [sums] "+r"(sums)
      : [n] "r"(count)
      : "lr", "memory");
}

#endif /* MSF_ADD_CODES_BODY_HELIUM_H_ */
