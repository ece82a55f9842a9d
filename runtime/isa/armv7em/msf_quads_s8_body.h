/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_quads_s8 for Armv7E-M. Two taps a and b of channels 0 to 3 become pairs
 * of int16, as SMLAD takes them, with their weights:
 *
 *   memory   a0 a1 a2 a3   b0 b1 b2 b3
 *   packed   a0 a1 b0 b1   a2 a3 b2 b3     PKHBT, PKHTB
 *   widened  a0 .. b0 ..   a1 .. b1 ..     SXTB16, of each packed word */
#ifndef MSF_QUADS_S8_ARMV7EM_H_
#define MSF_QUADS_S8_ARMV7EM_H_

#include <stdint.h>

/* As in kernels/msf_quads_s8_body.h. 127 instructions for a quad of 3x3.
 *
 *   r0 words, r1 the tap, r2 the channel, r3 the last tap; r4-r7 sums; r8-r10
 *   two taps of the input; r11 a widened weight; r12, lr weights. Then r1 out;
 *   r8-r11 multipliers, r12 shifts, lr codes, r3 rounding
 *   sp: taps, last, out, codes, end; r4-r11, lr of the caller */
__attribute__((naked, noinline)) static const int32_t *msf_quads_s8(
    const int32_t * /*words*/, const msf_quads * /*pixel*/, int32_t /*c*/,
    int32_t /*end*/) {
/* clang-format off */
#define MSF_QUADS_HALF(taps, weights, sum0, sum1) \
  "sxtb16 r8, " taps "\n"                         \
  "sxtb16 r11, " weights "\n"                     \
  "sxtb16 " taps ", " taps ", ror #8\n"           \
  "sxtb16 " weights ", " weights ", ror #8\n"     \
  "smlad " sum0 ", r8, r11, " sum0 "\n"           \
  "smlad " sum1 ", " taps ", " weights ", " sum1 "\n"
#define MSF_QUADS_TAPS                       \
  "ldrd r8, r9, [r1], #8\n"                  \
  "ldrd r12, lr, [r0], #8\n"                 \
  "ldr r8, [r8, r2]\n"                       \
  "ldr r9, [r9, r2]\n"                       \
  "pkhbt r10, r8, r9, lsl #16\n"             \
  "pkhtb r9, r9, r8, asr #16\n"              \
  MSF_QUADS_HALF("r10", "r12", "r4", "r5")   \
  MSF_QUADS_HALF("r9", "lr", "r6", "r7")
/* The code of a sum; see msf_simple_requantize(). The sign of the sum is that
 * of its product. */
#define MSF_QUADS_CODE(sum, multiplier, at)      \
  "lsl r3, lr, r12\n"                            \
  "add r3, r3, " sum ", asr #31\n"               \
  "lsl " sum ", " sum ", #1\n"                   \
  "smmlar " sum ", " sum ", " multiplier ", r3\n" \
  "asr " sum ", " sum ", r12\n"                  \
  "ssat " sum ", #8, " sum ", asr #1\n"          \
  "strb " sum ", [r1, #" at "]\n"
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "ldm r1, {r4-r7}\n"
      "push {r3}\n"
      "push {r4-r7}\n"
      "1:\n"
      "ldrd r1, r3, [sp]\n"
      "ldm r0!, {r4-r7}\n"
      "2:\n"
      MSF_QUADS_TAPS MSF_QUADS_TAPS MSF_QUADS_TAPS MSF_QUADS_TAPS
      "cmp r1, r3\n"
      "bne 2b\n"
      "ldr r8, [r1]\n"
      "ldr r12, [r0], #4\n"
      "ldr r8, [r8, r2]\n"
      "sxtb16 r10, r8\n"
      "sxtb16 r11, r12\n"
      "sxtb16 r8, r8, ror #8\n"
      "sxtb16 r12, r12, ror #8\n"
      "smlabb r4, r10, r11, r4\n"
      "smlatt r6, r10, r11, r6\n"
      "smlabb r5, r8, r12, r5\n"
      "smlatt r7, r8, r12, r7\n"
      "ldrd r1, lr, [sp, #8]\n"
      "ldm r0!, {r8-r11}\n"
      "ldr r12, [r0], #4\n"
      "add r1, r1, r2\n"
      MSF_QUADS_CODE("r4", "r8", "0")
      "lsr r12, r12, #8\n"
      MSF_QUADS_CODE("r5", "r9", "1")
      "lsr r12, r12, #8\n"
      MSF_QUADS_CODE("r6", "r10", "2")
      "lsr r12, r12, #8\n"
      MSF_QUADS_CODE("r7", "r11", "3")
      "ldr r3, [sp, #16]\n"
      "add r2, r2, #4\n"
      "cmp r2, r3\n"
      "bne 1b\n"
      "add sp, sp, #20\n"
      "pop {r4-r11, pc}\n");
#undef MSF_QUADS_HALF
#undef MSF_QUADS_TAPS
#undef MSF_QUADS_CODE
  /* clang-format on */
}

#endif /* MSF_QUADS_S8_ARMV7EM_H_ */
