/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_dots_s8 for Helium: VMLADAVA adds sixteen products to a sum. */
#ifndef MSF_DOT_S8_BODY_HELIUM_H_
#define MSF_DOT_S8_BODY_HELIUM_H_

#include <stdint.h>

#include "isa/helium/msf_vectors.h"

/* sums[o] += products of `bytes` > 0 bytes, for `quads` > 0 times four rows of
 * weights. 10 instructions for 64 products, in assembly because sums must lie
 * in even registers, and compilers move them about.
 *
 *   r0 x, r11 where it is read; r1, r5, r7, r9 weights; r2 from the end of a
 *   row to the start of the fourth after it; r3 bytes; r4, r6, r8, r10 sums;
 *   r12 where they are
 *   sp: r4-r11, lr of the caller; sums, quads */
__attribute__((naked, noinline, unused)) static void msf_dot_quads(
    const int8_t * /*x*/, const int8_t * /*w*/, int32_t /*stride*/,
    int32_t /*bytes*/, int32_t * /*sums*/, int32_t /*quads*/) {
  /* clang-format off */
#define MSF_DOT_ROW(weights, sum)           \
  "vldrb.8 q1, [" weights "], #16\n"        \
  "vmladava.s8 " sum ", q0, q1\n"
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "ldr r12, [sp, #36]\n"
      "add r5, r1, r2\n"
      "add r7, r5, r2\n"
      "add r9, r7, r2\n"
      "add r4, r3, #15\n"
      "bic r4, r4, #15\n"
      "rsb r2, r4, r2, lsl #2\n"
      "1:\n"
      "mov r11, r0\n"
      "ldrd r4, r6, [r12]\n"
      "ldrd r8, r10, [r12, #8]\n"
      "dlstp.8 lr, r3\n"
      "2:\n"
      "vldrb.8 q0, [r11], #16\n"
      MSF_DOT_ROW("r1", "r4")
      MSF_DOT_ROW("r5", "r6")
      MSF_DOT_ROW("r7", "r8")
      MSF_DOT_ROW("r9", "r10")
      "letp lr, 2b\n"
      "strd r8, r10, [r12, #8]\n"
      "strd r4, r6, [r12], #16\n"
      "add r1, r1, r2\n"
      "add r5, r5, r2\n"
      "add r7, r7, r2\n"
      "add r9, r9, r2\n"
      "ldr r4, [sp, #40]\n"
      "subs r4, r4, #1\n"
      "str r4, [sp, #40]\n"
      "bne 1b\n"
      "pop {r4-r11, pc}\n");
#undef MSF_DOT_ROW
  /* clang-format on */
}

/* sum + products of n > 0 bytes. */
static inline int32_t msf_dot_one(const int8_t *x, int32_t n, const int8_t *w,
                                  int32_t sum) {
  int8x16_t a, b;
  __asm__ volatile(
      "dlstp.8 lr, %[n]\n"
      "1:\n\t"
      "vldrb.8 %q[a], [%[x]], #16\n\t"
      "vldrb.8 %q[b], [%[w]], #16\n\t"
      "vmladava.s8 %[sum], %q[a], %q[b]\n\t"
      "letp lr, 1b"
      : [x] "+r"(x), [w] "+r"(w), [sum] "+Te"(sum), [a] "=&w"(a), [b] "=&w"(b)
      : [n] "r"(n)
      : "lr", "memory");
  return sum;
}

/* As in kernels/msf_dot_s8_body.h. */
static inline void msf_dots_s8(const int8_t *x, int32_t n, const int8_t *w,
                               int32_t stride, int32_t channels,
                               int32_t *sums) {
  if (n <= 0) return;
  const int32_t quads = channels >> 2;
  if (quads > 0) msf_dot_quads(x, w, stride, n, sums, quads);
  for (int32_t o = 4 * quads; o < channels; ++o) {
    sums[o] = msf_dot_one(x, n, w + o * stride, sums[o]);
  }
}

#endif /* MSF_DOT_S8_BODY_HELIUM_H_ */
