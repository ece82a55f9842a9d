/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Operands for Armv7E-M: bytes widened to pairs of int16, once for all
 * channels. A block of two channels then takes 15 instructions for 16 products:
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

static_assert(MSF_PAIR_CHANNELS == 16, "msf_pair_rows has the offset 64");

/* Of each word of four bytes: even, odd of pixel 0, then of pixel 1. */
typedef struct msf_pair_operand {
  alignas(8) uint32_t words[MSF_PAIR_WORDS][4];
} msf_pair_operand;

/* As in kernels/msf_pair_s8_body.h, like all below. */
static inline void msf_pair_put(msf_pair_operand *x, int32_t pixel, int32_t at,
                                const int8_t *from, int32_t step,
                                int32_t words) {
  uint32_t *to = &x->words[at][2 * pixel];
  for (; words > 0; --words) {
    const uint32_t word = msf_load_word(from);
    to[0] = msf_even_bytes(word);
    to[1] = msf_odd_bytes(word);
    to += 4;
    from += step;
  }
}

static inline void msf_pair_put_both(msf_pair_operand *x, int32_t at,
                                     const int8_t *x0, const int8_t *x1,
                                     int32_t words) {
  uint32_t *to = x->words[at];
  const int8_t *const end = x0 + 4 * words;
  while (x0 != end) {
    uint32_t even0, odd0, even1, odd1;
    __asm__(
        "ldr %[odd0], [%[x0]], #4\n"
        "ldr %[odd1], [%[x1]], #4\n"
        "sxtb16 %[even0], %[odd0]\n"
        "sxtb16 %[odd0], %[odd0], ror #8\n"
        "sxtb16 %[even1], %[odd1]\n"
        "sxtb16 %[odd1], %[odd1], ror #8\n"
        "strd %[even0], %[odd0], [%[to]], #8\n"
        "strd %[even1], %[odd1], [%[to]], #8\n"
        : [x0] "+r"(x0), [x1] "+r"(x1), [to] "+r"(to), [even0] "=&r"(even0),
          [odd0] "=&r"(odd0), [even1] "=&r"(even1), [odd1] "=&r"(odd1)
        :
        : "memory");
  }
}

/* msf_pair_multiply() for `pairs` pairs of channels and an operand's x.
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
/* clang-format off */
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
      "ldrd r6, r7, [r12, #64]\n"
      "add r2, r2, r1\n"
      "sub r12, r3, r0\n"
      "lsls r12, r12, #27\n" /* words & 2 to carry, words & 1 to the sign */
      "bcs 7f\n"
      "bmi 5f\n"
      "2:\n" MSF_PAIR_WORD "3:\n" MSF_PAIR_WORD /* four words a turn */
      "4:\n" MSF_PAIR_WORD "5:\n" MSF_PAIR_WORD
      "cmp r0, r3\n"
      "bne 2b\n"
      "ldrd r0, r3, [sp, #52]\n" /* sums, pairs */
      "ldr r12, [sp, #12]\n"
      "strd r6, r7, [r0, #64]\n"
      "strd r4, r5, [r0], #8\n"
      "add r1, r1, r12\n"
      "subs r3, r3, #1\n"
      "strd r0, r3, [sp, #52]\n"
      "bne 1b\n"
      "add sp, sp, #16\n"
      "pop {r4-r11, pc}\n"
      "7:\n"
      "bmi 3b\n"
      "b 4b\n");
#undef MSF_PAIR_WORD
#undef MSF_PAIR_CHANNEL
  /* clang-format on */
}

static inline void msf_pair_multiply(const msf_pair_operand *x, int32_t words,
                                     const int8_t *w, int32_t w_stride,
                                     int32_t channels, int32_t *sums) {
  const int32_t pairs = channels / 2;
  if (pairs > 0) {
    msf_pair_rows(x->words[0], w, w_stride, words, sums, pairs);
  }
  /* The odd channel twice, to leave no weights. */
  if (channels % 2 != 0) {
    w += 2 * pairs * w_stride;
    msf_pair_rows(x->words[0], w, 0, words, sums + 2 * pairs, 1);
  }
}

#endif /* MSF_PAIR_S8_ARMV7EM_H_ */
