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

/* Word `at` of both pixels become the `rest` bytes, 1 to 3, before `end0` and
 * `end1`, and zeros; there are more bytes before them. */
static inline void msf_pair_put_ends(msf_pair_operand *x, int32_t at,
                                     const int8_t *end0, const int8_t *end1,
                                     int32_t rest) {
  const int32_t shift = 32 - 8 * rest;
  const uint32_t word0 = msf_load_word(end0 - 4) >> shift;
  const uint32_t word1 = msf_load_word(end1 - 4) >> shift;
  uint32_t *to = x->words[at];
  to[0] = msf_even_bytes(word0);
  to[1] = msf_odd_bytes(word0);
  to[2] = msf_even_bytes(word1);
  to[3] = msf_odd_bytes(word1);
}

/* msf_pair_multiply() for `pairs` pairs of channels and an operand's x.
 *
 *   r0 x, r3 its end; r1, r2 weights of the two channels; r4, r5 sums of
 *   pixel 0, r6, r7 of pixel 1; r8-r11 widened words of the pixels
 *   sp: x, w_stride, x's end, where the first turn begins, from one pair's
 *   end to the next pair's start; r4-r11, lr of the caller; sums, pairs
 *
 * In assembly because this takes all 14 registers, more than a compiler
 * manages without spilling. Aligned, here and below, because ADR counts from
 * a word, and without optimisation functions lie at any halfword. */
__attribute__((naked, noinline, aligned(4))) inline void msf_pair_rows(
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
      "rsb r5, r3, #0\n" /* the first turn lacks -words % 4 of its words */
      "and r5, r5, #3\n"
      "mov r6, #60\n" /* bytes of code of a word */
      "adr.w r12, 2f\n"
      "mla r12, r5, r6, r12\n"
      "add r3, r0, r3, lsl #4\n"
      "sub sp, sp, #20\n"
      "stm sp, {r0, r2, r3, r12}\n"
      "str r4, [sp, #16]\n"
      "1:\n"
      "ldm sp, {r0, r2, r3, r12}\n"
      "ldr r8, [sp, #56]\n"
      "add r2, r2, r1\n"
      "ldrd r4, r5, [r8]\n"
      "ldrd r6, r7, [r8, #64]\n"
      "mov pc, r12\n"
      "2:\n"
      MSF_PAIR_WORD MSF_PAIR_WORD MSF_PAIR_WORD MSF_PAIR_WORD
      "cmp r0, r3\n"
      "bne 2b\n"
      "ldrd r8, r9, [sp, #56]\n" /* sums, pairs */
      "ldr r12, [sp, #16]\n"
      "strd r6, r7, [r8, #64]\n"
      "strd r4, r5, [r8], #8\n"
      "add r1, r1, r12\n"
      "subs r9, r9, #1\n"
      "strd r8, r9, [sp, #56]\n"
      "bne 1b\n"
      "add sp, sp, #20\n"
      "pop {r4-r11, pc}\n");
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

/* How the two functions below go through pairs of channels: to the sums with
 * all products, and on to the next pair. Sums begin with those at `start`, for
 * pixel 1 `next_start` bytes behind. Registers are those of msf_pair_rows().
 *
 *   sp: x, w_stride, x's end, where the first turn begins, from one pair's end
 *   to the next pair's start; r4-r11, lr of the caller; pairs, start,
 *   next_start and so on */
/* clang-format off */
#define MSF_ROWS_TURN                                       \
  "push {r4-r11, lr}\n"                                     \
  "sub sp, sp, #20\n"                                       \
  "lsl r4, r2, #1\n"                                        \
  "sub r4, r4, r3, lsl #2\n"                                \
  "str r4, [sp, #16]\n"                                     \
  "rsb r5, r3, #0\n"                                        \
  "and r5, r5, #3\n"                                        \
  "mov r6, #60\n"                                           \
  "adr.w r12, 2f\n"                                         \
  "mla r12, r5, r6, r12\n"                                  \
  "add r3, r0, r3, lsl #4\n"                                \
  "stm sp, {r0, r2, r3, r12}\n"                             \
  "1:\n"                                                    \
  "ldrd r8, r9, [sp, #60]\n"                                \
  "ldm sp, {r0, r2, r3, r12}\n"                             \
  "add r9, r9, r8\n"                                        \
  "ldrd r4, r5, [r8], #8\n"                                 \
  "str r8, [sp, #60]\n"                                     \
  "ldrd r6, r7, [r9]\n"                                     \
  "add r2, r2, r1\n"                                        \
  "mov pc, r12\n"                                           \
  "2:\n"                                                    \
  MSF_PAIR_WORD MSF_PAIR_WORD MSF_PAIR_WORD MSF_PAIR_WORD   \
  "cmp r0, r3\n"                                            \
  "bne 2b\n"
#define MSF_ROWS_NEXT                                       \
  "ldr r12, [sp, #16]\n"                                    \
  "ldr r8, [sp, #56]\n"                                     \
  "add r1, r1, r12\n"                                       \
  "subs r8, r8, #1\n"                                       \
  "str r8, [sp, #56]\n"                                     \
  "bne 1b\n"                                                \
  "add sp, sp, #20\n"                                       \
  "pop {r4-r11, pc}\n"
/* clang-format on */

/* Sums of two pixels that never leave the registers: they end as codes at out0
 * and out1.
 *
 *   r0 multiplier, r3 rounding, r2 that of a sum, r12 -1 - shift; r8-r11, lr
 *   from `multipliers` to `codes`, which is 2 * output zero point + 1 */
__attribute__((naked, noinline, aligned(4))) inline void msf_code_rows(
    const uint32_t * /*x*/, const int8_t * /*w*/, int32_t /*w_stride*/,
    int32_t /*words*/, int32_t /*pairs*/, const int32_t * /*start*/,
    int32_t /*next_start*/, const int32_t * /*multipliers*/,
    const int8_t * /*shifts*/, int8_t * /*out0*/, int8_t * /*out1*/,
    int32_t /*codes*/) {
/* clang-format off */
#define MSF_CODE_CHANNEL(sum0, sum1)                        \
  "ldrsb r12, [r9], #1\n"                                   \
  "ldr r0, [r8], #4\n"                                      \
  "mvn r12, r12\n"                                          \
  "lsl r3, lr, r12\n"                                       \
  MSF_CODE_SUM(sum0, "r10")                                 \
  MSF_CODE_SUM(sum1, "r11")
/* See msf_simple_requantize(). The sign of the sum is that of its product. */
#define MSF_CODE_SUM(sum, out)                              \
  "add r2, r3, " sum ", asr #31\n"                          \
  "lsl " sum ", " sum ", #1\n"                              \
  "smmlar " sum ", " sum ", r0, r2\n"                       \
  "asr " sum ", " sum ", r12\n"                             \
  "ssat " sum ", #8, " sum ", asr #1\n"                     \
  "strb " sum ", [" out "], #1\n"
  __asm__ volatile(
      ".syntax unified\n"
      MSF_ROWS_TURN
      "add r12, sp, #68\n"
      "ldm r12, {r8-r11, lr}\n"
      MSF_CODE_CHANNEL("r4", "r6")
      MSF_CODE_CHANNEL("r5", "r7")
      "add r12, sp, #68\n"
      "stm r12, {r8-r11}\n"
      MSF_ROWS_NEXT);
#undef MSF_CODE_CHANNEL
#undef MSF_CODE_SUM
  /* clang-format on */
}

/* Sums of two pixels that go on elsewhere: at `sums` and, for pixel 1,
 * `next_sums` bytes behind. */
__attribute__((naked, noinline, aligned(4))) inline void msf_sum_rows(
    const uint32_t * /*x*/, const int8_t * /*w*/, int32_t /*w_stride*/,
    int32_t /*words*/, int32_t /*pairs*/, const int32_t * /*start*/,
    int32_t /*next_start*/, int32_t * /*sums*/, int32_t /*next_sums*/) {
  /* clang-format off */
  __asm__ volatile(
      ".syntax unified\n"
      MSF_ROWS_TURN
      "ldrd r8, r9, [sp, #68]\n" /* sums, next_sums */
      "add r9, r9, r8\n"
      "strd r4, r5, [r8], #8\n"
      "strd r6, r7, [r9]\n"
      "str r8, [sp, #68]\n"
      MSF_ROWS_NEXT);
  /* clang-format on */
}

#undef MSF_ROWS_TURN
#undef MSF_ROWS_NEXT
#undef MSF_PAIR_WORD
#undef MSF_PAIR_CHANNEL

#define MSF_PAIR_CODES 1 /* msf_code_rows() and msf_sum_rows() are here */

#endif /* MSF_PAIR_S8_ARMV7EM_H_ */
