/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_pair_s8 for Armv7E-M. The windows of both pixels are widened to pairs of
 * int16 once for all channels; a block of two channels then takes 15
 * instructions for 16 products:
 *
 *   memory  k0 k1 k2 k3           of each pixel and of each channel
 *   even    k0 .. k2 ..           SXTB16
 *   odd     k1 .. k3 ..           SXTB16 of the word rotated by 8
 *
 * and SMLAD adds two products each of even and of odd. */
#ifndef MSF_PAIR_S8_ARMV7EM_H_
#define MSF_PAIR_S8_ARMV7EM_H_

#include <stdint.h>

#include "isa/armv7em/msf_words.h"

static_assert(MSF_PAIR_CHANNELS == 32, "msf_pair_rows has the offset 128");

/* sums[p][o] += products, for channels in pairs. x has four widened words for
 * each of `words` words of weights: even, odd of pixel 0, then of pixel 1.
 *
 *   r0 x, r3 its end; r1, r2 weights of the two channels; r4, r5 sums of
 *   pixel 0, r6, r7 of pixel 1; r8-r11 widened words of the pixels
 *   sp: x, its end, w_stride, from one pair's end to the next pair's start;
 *   r4-r11, lr of the caller; sums, pairs
 *
 * In assembly because this takes all 14 registers, more than a compiler
 * manages without spilling. */
__attribute__((naked, noinline, unused)) static void msf_pair_rows(
    const uint32_t * /*x*/, const int8_t * /*w*/, int32_t /*w_stride*/,
    int32_t /*words*/, int32_t * /*sums*/, int32_t /*pairs*/) {
#define MSF_PAIR_CHANNEL(weights, sum0, sum1) \
  "ldr r12, [" weights "], #4\n"              \
  "sxtb16 lr, r12\n"                          \
  "sxtb16 r12, r12, ror #8\n"                 \
  "smlad " sum0 ", lr, r8, " sum0 "\n"        \
  "smlad " sum1 ", lr, r10, " sum1 "\n"       \
  "smlad " sum0 ", r12, r9, " sum0 "\n"       \
  "smlad " sum1 ", r12, r11, " sum1 "\n"
#define MSF_PAIR_WORD                 \
  "ldmia r0!, {r8-r11}\n"             \
  MSF_PAIR_CHANNEL("r1", "r4", "r6")  \
  MSF_PAIR_CHANNEL("r2", "r5", "r7")
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "lsl r4, r2, #1\n"
      "sub r4, r4, r3, lsl #2\n"
      "add r3, r0, r3, lsl #4\n"
      "sub sp, sp, #16\n"
      "stm sp, {r0, r3}\n"
      "strd r2, r4, [sp, #8]\n"
      "1:\n"
      "ldr r12, [sp, #52]\n"
      "ldrd r0, r3, [sp]\n"
      "ldr r2, [sp, #8]\n"
      "ldrd r4, r5, [r12]\n"
      "ldrd r6, r7, [r12, #128]\n"
      "add r2, r2, r1\n"
      "sub r12, r3, r0\n"
      "lsls r12, r12, #28\n" /* an odd number of words */
      "bcs 3f\n"
      "2:\n" MSF_PAIR_WORD "3:\n" MSF_PAIR_WORD
      "cmp r0, r3\n"
      "bne 2b\n"
      "ldrd r0, r3, [sp, #52]\n" /* sums, pairs */
      "ldr r12, [sp, #12]\n"
      "strd r6, r7, [r0, #128]\n"
      "strd r4, r5, [r0], #8\n"
      "add r1, r1, r12\n"
      "subs r3, r3, #1\n"
      "strd r0, r3, [sp, #52]\n"
      "bne 1b\n"
      "add sp, sp, #16\n"
      "pop {r4-r11, pc}\n");
#undef MSF_PAIR_WORD
#undef MSF_PAIR_CHANNEL
}

/* As in kernels/msf_pair_s8_body.h. */
__attribute__((noinline, unused)) static void msf_pair_s8(
    const int8_t *x0, const int8_t *x1, int32_t bytes, const int8_t *w,
    int32_t w_stride, int32_t channels, int32_t *sums) {
  alignas(8) uint32_t wide[MSF_PAIR_BYTES];
  uint32_t *to = wide;
  for (const int8_t *end = x0 + bytes; x0 != end; x0 += 4) {
    const uint32_t a = msf_load_word(x0);
    const uint32_t b = msf_load_word(x1);
    to[0] = msf_even_bytes(a);
    to[1] = msf_odd_bytes(a);
    to[2] = msf_even_bytes(b);
    to[3] = msf_odd_bytes(b);
    to += 4;
    x1 += 4;
  }
  const int32_t words = bytes / 4;
  const int32_t pairs = channels / 2;
  if (pairs > 0) msf_pair_rows(wide, w, w_stride, words, sums, pairs);
  /* The odd channel twice, to leave no weights. */
  if (channels % 2 != 0) {
    w += 2 * pairs * w_stride;
    msf_pair_rows(wide, w, 0, words, sums + 2 * pairs, 1);
  }
}

#endif /* MSF_PAIR_S8_ARMV7EM_H_ */
