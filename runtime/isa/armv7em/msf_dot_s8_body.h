/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_dots_s8 for Armv7E-M: words of four bytes, widened to pairs of int16
 * and multiplied two by two. What is out of line is inline to the linker, so
 * that a program has it once. */
#ifndef MSF_DOT_S8_ARMV7EM_H_
#define MSF_DOT_S8_ARMV7EM_H_

#include <stdint.h>

#include "isa/armv7em/msf_words.h"

/* sums[o] += products of `words` > 0 words, for `quads` > 0 times four rows of
 * weights. 24 instructions for 16 products, in assembly because a compiler
 * spills.
 *
 *   r0 x, lr its end; r1 weights of row 0, r2 the stride, r3 thrice; r4-r7
 *   sums; r8, r9 x widened; r10, r11 weights widened; r12 sums
 *   sp: x, words; r4-r11, lr of the caller; sums, quads */
__attribute__((naked, noinline)) inline void msf_dot_quads(
    const int8_t * /*x*/, const int8_t * /*w*/, int32_t /*stride*/,
    int32_t /*words*/, int32_t * /*sums*/, int32_t /*quads*/) {
/* clang-format off */
#define MSF_DOT_ROW(weights, sum)      \
  "ldr r10, " weights "\n"             \
  "sxtb16 r11, r10\n"                  \
  "sxtb16 r10, r10, ror #8\n"          \
  "smlad " sum ", r8, r11, " sum "\n"  \
  "smlad " sum ", r9, r10, " sum "\n"
#define MSF_DOT_WORD                    \
  "ldr r9, [r0], #4\n"                 \
  "sxtb16 r8, r9\n"                    \
  "sxtb16 r9, r9, ror #8\n"            \
  MSF_DOT_ROW("[r1, r2]", "r5")         \
  MSF_DOT_ROW("[r1, r2, lsl #1]", "r6") \
  MSF_DOT_ROW("[r1, r3]", "r7")         \
  MSF_DOT_ROW("[r1], #4", "r4")
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "push {r0, r3}\n"
      "ldr r12, [sp, #44]\n"
      "add r3, r2, r2, lsl #1\n"
      "1:\n"
      "ldrd r0, r8, [sp]\n"
      "ldmia r12, {r4-r7}\n"
      "add lr, r0, r8, lsl #2\n"
      "lsls r8, r8, #31\n" /* an odd number of words */
      "bmi 3f\n"
      "2:\n" MSF_DOT_WORD "3:\n" MSF_DOT_WORD
      "cmp r0, lr\n"
      "bne 2b\n"
      "ldr r8, [sp, #4]\n"
      "ldr r9, [sp, #48]\n"
      "stmia r12!, {r4-r7}\n"
      "sub r1, r1, r8, lsl #2\n"
      "add r1, r1, r2, lsl #2\n"
      "subs r9, r9, #1\n"
      "str r9, [sp, #48]\n"
      "bne 1b\n"
      "add sp, sp, #8\n"
      "pop {r4-r11, pc}\n");
  /* clang-format on */
}

/* msf_dot_quads() that begins and ends by itself: sums begin with those at
 * `start` and end as codes at `out`. The loop has the same registers; then
 *
 *   r0 multiplier, r12 -1 - shift, lr rounding; r8-r11 `multipliers` to `codes`,
 *   which is 2 * output zero point + 1
 *   sp: x, words; r4-r11, lr of the caller; `quads` to `codes` */
__attribute__((naked, noinline)) inline void msf_dot_codes(
    const int8_t * /*x*/, const int8_t * /*w*/, int32_t /*stride*/,
    int32_t /*words*/, int32_t /*quads*/, const int32_t * /*start*/,
    const int32_t * /*multipliers*/, const int8_t * /*shifts*/,
    int8_t * /*out*/, int32_t /*codes*/) {
/* clang-format off */
/* See msf_simple_requantize(). The sign of the sum is that of its product. */
#define MSF_DOT_CODE(sum)                  \
  "ldrsb r12, [r9], #1\n"                  \
  "ldr r0, [r8], #4\n"                     \
  "mvn r12, r12\n"                         \
  "lsl lr, r11, r12\n"                     \
  "add lr, lr, " sum ", asr #31\n"         \
  "lsl " sum ", " sum ", #1\n"             \
  "smmlar " sum ", " sum ", r0, lr\n"      \
  "asr " sum ", " sum ", r12\n"            \
  "ssat " sum ", #8, " sum ", asr #1\n"    \
  "strb " sum ", [r10], #1\n"
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "push {r0, r3}\n"
      "add r3, r2, r2, lsl #1\n"
      "1:\n"
      "ldr r12, [sp, #48]\n" /* start */
      "ldrd r0, r8, [sp]\n"
      "ldmia r12!, {r4-r7}\n"
      "add lr, r0, r8, lsl #2\n"
      "str r12, [sp, #48]\n"
      "lsls r8, r8, #31\n" /* an odd number of words */
      "bmi 3f\n"
      "2:\n" MSF_DOT_WORD "3:\n" MSF_DOT_WORD
      "cmp r0, lr\n"
      "bne 2b\n"
      "add r12, sp, #52\n"
      "ldm r12, {r8-r11}\n"
      MSF_DOT_CODE("r4") MSF_DOT_CODE("r5") MSF_DOT_CODE("r6")
      MSF_DOT_CODE("r7")
      "add r12, sp, #52\n"
      "stm r12, {r8-r10}\n"
      "ldr r8, [sp, #4]\n"
      "ldr r9, [sp, #44]\n" /* quads */
      "sub r1, r1, r8, lsl #2\n"
      "add r1, r1, r2, lsl #2\n"
      "subs r9, r9, #1\n"
      "str r9, [sp, #44]\n"
      "bne 1b\n"
      "add sp, sp, #8\n"
      "pop {r4-r11, pc}\n");
#undef MSF_DOT_CODE
#undef MSF_DOT_WORD
#undef MSF_DOT_ROW
  /* clang-format on */
}

/* Codes of `count` sums whose scales are for msf_simple_requantize() and not
 * negative. 13 instructions each; see MSF_DOT_CODE. */
static inline void msf_write_codes(const int32_t *sums,
                                   const int32_t *multiplier,
                                   const int8_t *shift, int32_t codes,
                                   int32_t count, int8_t *out) {
  for (const int32_t *const end = sums + count; sums != end;) {
    int32_t sum = *sums++;
    const int32_t right = ~*shift++;
    int32_t rounding;
    __asm__(
        "lsl %[rounding], %[codes], %[right]\n\t"
        "add %[rounding], %[rounding], %[sum], asr #31\n\t"
        "lsl %[sum], %[sum], #1\n\t"
        "smmlar %[sum], %[sum], %[multiplier], %[rounding]\n\t"
        "asr %[sum], %[sum], %[right]\n\t"
        "ssat %[sum], #8, %[sum], asr #1"
        : [sum] "+&r"(sum), [rounding] "=&r"(rounding)
        : [codes] "r"(codes), [right] "r"(right),
          [multiplier] "r"(*multiplier++));
    *out++ = (int8_t)sum;
  }
}

#define MSF_DOT_CODES 1 /* msf_dot_codes() is here */

static inline int32_t msf_dot_one(const int8_t *x, int32_t n, const int8_t *w,
                                  int32_t sum) {
  uint32_t s = (uint32_t)sum;
  for (; n >= 4; n -= 4) {
    const uint32_t a = msf_load_word(x);
    const uint32_t b = msf_load_word(w);
    s = msf_add_products(msf_even_bytes(a), msf_even_bytes(b), s);
    s = msf_add_products(msf_odd_bytes(a), msf_odd_bytes(b), s);
    x += 4;
    w += 4;
  }
  for (; n > 0; --n) s += (uint32_t)(*x++ * *w++);
  return (int32_t)s;
}

/* What four channels at a time leave: bytes behind the last word, channels
 * behind the last four. */
__attribute__((noinline)) inline void msf_dots_rest(
    const int8_t *x, int32_t n, const int8_t *w, int32_t stride,
    int32_t channels, int32_t *sums) {
  const int32_t quads = channels & ~3;
  int32_t done = n & ~3;
  for (int32_t o = done == n ? quads : 0; o < channels; ++o) {
    if (o == quads) done = 0;
    const int8_t *rest = w + o * stride + done;
    sums[o] = msf_dot_one(x + done, n - done, rest, sums[o]);
  }
}

/* As in kernels/msf_dot_s8_body.h. */
static inline void msf_dots_s8(const int8_t *x, int32_t n, const int8_t *w,
                               int32_t stride, int32_t channels,
                               int32_t *sums) {
  if (n >= 4 && channels >= 4) {
    msf_dot_quads(x, w, stride, n >> 2, sums, channels >> 2);
  }
  if (((n | channels) & 3) != 0) {
    msf_dots_rest(x, n, w, stride, channels, sums);
  }
}

#endif /* MSF_DOT_S8_ARMV7EM_H_ */
