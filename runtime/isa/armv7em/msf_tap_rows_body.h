/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_tap_rows for Armv7E-M: as msf_pair_rows() of msf_pair_s8_body.h, whose
 * operand it takes; but what it needs of two channels lies in one place, and
 * codes go on to the next sums without a store. */
#ifndef MSF_TAP_ROWS_BODY_ARMV7EM_H_
#define MSF_TAP_ROWS_BODY_ARMV7EM_H_

/* As in kernels/msf_tap_rows_body.h.
 *
 *   r0 operand; r1, r2 rows; r3, r4 where windows begin; r5 words, r6 rest;
 *   r7 kernel rows to go; r8 bytes between them; r9, r10 input of both; r11,
 *   r12, lr free */
__attribute__((naked, noinline)) static void msf_put_windows(
    const msf_two_windows * /*windows*/, msf_pair_operand * /*x*/) {
/* clang-format off */
/* The word in r11 goes to the operand. */
#define MSF_PUT_WORD                 \
  "sxtb16 r12, r11\n"                \
  "sxtb16 r11, r11, ror #8\n"        \
  "strd r12, r11, [r0], #8\n"
/* r11 = the last bytes of a row, where it has words; lr is 8 * (4 - rest). */
#define MSF_LOAD_END(x)              \
  "ldr r11, [" x ", r12]\n"          \
  "lsr r11, r11, lr\n"
/* The same where it has none. */
#define MSF_LOAD_FEW(x)              \
  "ldrb r11, [" x "]\n"              \
  "cmp r6, #2\n"                     \
  "itt ge\n"                         \
  "ldrbge r12, [" x ", #1]\n"        \
  "orrge r11, r11, r12, lsl #8\n"    \
  "itt gt\n"                         \
  "ldrbgt r12, [" x ", #2]\n"        \
  "orrgt r11, r11, r12, lsl #16\n"
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "mov r9, r1\n"
      "ldm r0, {r1-r8}\n"
      "mov r0, r9\n"
      "lsl r8, r8, #2\n"
      "1:\n"
      "ldr r9, [r1]\n"
      "ldr r10, [r2]\n"
      "add r1, r1, r8\n"
      "add r2, r2, r8\n"
      "add r9, r9, r3\n"
      "add r10, r10, r4\n"
      "movs lr, r5\n"
      "beq 4f\n"
      "2:\n"
      "ldr r11, [r9], #4\n" MSF_PUT_WORD
      "ldr r11, [r10], #4\n" MSF_PUT_WORD
      "subs lr, lr, #1\n"
      "bne 2b\n"
      "cbz r6, 3f\n"
      "rsb lr, r6, #4\n"
      "rsb r12, lr, #0\n"
      "lsl lr, lr, #3\n"
      MSF_LOAD_END("r9") MSF_PUT_WORD
      "rsb r12, r6, #4\n"
      "rsb r12, r12, #0\n"
      MSF_LOAD_END("r10") MSF_PUT_WORD
      "3:\n"
      "subs r7, r7, #1\n"
      "bne 1b\n"
      "pop {r4-r11, pc}\n"
      "4:\n"
      MSF_LOAD_FEW("r9") MSF_PUT_WORD
      MSF_LOAD_FEW("r10") MSF_PUT_WORD
      "b 3b\n");
#undef MSF_PUT_WORD
#undef MSF_LOAD_END
#undef MSF_LOAD_FEW
  /* clang-format on */
}

/* clang-format off */

/* What both pixels have in common, see msf_tap_rows(). */
#define MSF_TAP_CHANNEL_OF_TWO(weights, sum0, sum1)       \
  "sxtb16 r2, " weights "\n"                              \
  "sxtb16 " weights ", " weights ", ror #8\n"             \
  "smlad " sum0 ", r2, r8, " sum0 "\n"                    \
  "smlad " sum1 ", r2, r10, " sum1 "\n"                   \
  "smlad " sum0 ", " weights ", r9, " sum0 "\n"           \
  "smlad " sum1 ", " weights ", r11, " sum1 "\n"
#define MSF_TAP_WEIGHTS_OF_TWO                            \
  "ldrd r12, lr, [r1], #8\n"                              \
  MSF_TAP_CHANNEL_OF_TWO("r12", "r4", "r6")               \
  MSF_TAP_CHANNEL_OF_TWO("lr", "r5", "r7")
/* The same of one pixel. */
#define MSF_TAP_CHANNEL_OF_ONE(weights, sum)              \
  "sxtb16 r2, " weights "\n"                              \
  "sxtb16 " weights ", " weights ", ror #8\n"             \
  "smlad " sum ", r2, r8, " sum "\n"                      \
  "smlad " sum ", " weights ", r9, " sum "\n"
#define MSF_TAP_WEIGHTS_OF_ONE                            \
  "ldrd r12, lr, [r1], #8\n"                              \
  MSF_TAP_CHANNEL_OF_ONE("r12", "r4")                     \
  MSF_TAP_CHANNEL_OF_ONE("lr", "r5")
/* See msf_simple_requantize(). The sign of the sum is that of its product. */
#define MSF_TAP_CODE(sum, multiplier)                     \
  "add r2, lr, " sum ", asr #31\n"                        \
  "lsl " sum ", " sum ", #1\n"                            \
  "smmlar " sum ", " sum ", " multiplier ", r2\n"         \
  "asr " sum ", " sum ", r10\n"                           \
  "ssat " sum ", #8, " sum ", asr #1\n"
/* From sums of two channels of both pixels to those of the depthwise
 * convolution; 1 is where the next two begin. */
#define MSF_TAP_PRODUCTS_OF_TWO                           \
  "ldm r1!, {r8-r10}\n"                                   \
  "ldr r11, [sp, #16]\n"                                  \
  "lsl lr, r11, r10\n"                                    \
  MSF_TAP_CODE("r4", "r8")                                \
  MSF_TAP_CODE("r6", "r8")                                \
  "lsr r10, r10, #8\n"                                    \
  "lsl lr, r11, r10\n"                                    \
  MSF_TAP_CODE("r5", "r9")                                \
  MSF_TAP_CODE("r7", "r9")                                \
  "ldrd r12, r3, [sp, #8]\n"                              \
  "ldrd r0, r2, [sp]\n"                                   \
  "ldrd r8, r9, [r12]\n"                                  \
  "ldrsb r10, [r0], #1\n"                                 \
  "ldrsb r11, [r0], #1\n"                                 \
  "mla r8, r4, r10, r8\n"                                 \
  "mla r9, r5, r11, r9\n"                                 \
  "ldrsb r10, [r2], #1\n"                                 \
  "ldrsb r11, [r2], #1\n"                                 \
  "mla r8, r6, r10, r8\n"                                 \
  "mla r9, r7, r11, r9\n"                                 \
  "strd r8, r9, [r12], #8\n"                              \
  "stm sp, {r0, r2, r12}\n"                               \
  "cmp r12, r3\n"                                         \
  "bne 1b\n"
/* The same of one pixel. */
#define MSF_TAP_PRODUCTS_OF_ONE                           \
  "ldm r1!, {r8-r10}\n"                                   \
  "ldrd r0, r11, [sp]\n"                                  \
  "lsl lr, r11, r10\n"                                    \
  MSF_TAP_CODE("r4", "r8")                                \
  "lsr r10, r10, #8\n"                                    \
  "lsl lr, r11, r10\n"                                    \
  MSF_TAP_CODE("r5", "r9")                                \
  "ldrd r12, r3, [sp, #8]\n"                              \
  "ldrd r8, r9, [r12]\n"                                  \
  "ldrsb r10, [r0], #1\n"                                 \
  "ldrsb r11, [r0], #1\n"                                 \
  "str r0, [sp]\n"                                        \
  "mla r8, r4, r10, r8\n"                                 \
  "mla r9, r5, r11, r9\n"                                 \
  "strd r8, r9, [r12], #8\n"                              \
  "str r12, [sp, #8]\n"                                   \
  "cmp r12, r3\n"                                         \
  "bne 1b\n"

/* As in kernels/msf_tap_rows.h. 49 instructions for two channels, and 14 for
 * each word. Aligned as msf_pair_rows().
 *
 *   r0 x, r3 its end; r1 rows; r2, r12, lr weights; r4, r5 sums of pixel 0 in
 *   both channels, r6, r7 of pixel 1; r8-r11 widened words of the pixels
 *   then r8, r9 multipliers; r10 -1 - shift; r11 codes; lr rounding, r2 that of
 *   a sum
 *   then r0, r2 depthwise weights; r12, r3 sums and their end
 *   sp: w_a, w_b, sums, end, codes; x, x's end, where the first turn begins;
 *   r4-r11, lr of the caller */
__attribute__((naked, noinline, aligned(4))) static void msf_tap_rows(
    const msf_pair_operand * /*x*/, const int32_t * /*rows*/,
    int32_t /*words*/, const msf_taps_of_two * /*taps*/) {
#define MSF_TAP_WORD "ldmia r0!, {r8-r11}\n" MSF_TAP_WEIGHTS_OF_TWO
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "ldm r3, {r4-r8}\n"
      "rsb r9, r2, #0\n" /* the first turn lacks -words % 4 of its words */
      "and r9, r9, #3\n"
      "mov r10, #56\n" /* bytes of code of a word */
      "adr.w r12, 2f\n"
      "mla r11, r9, r10, r12\n"
      "mov r9, r0\n"
      "add r10, r0, r2, lsl #4\n"
      "push {r4-r11}\n"
      "1:\n"
      "ldrd r0, r3, [sp, #20]\n"
      "ldr r12, [sp, #28]\n"
      "ldrd r4, r5, [r1], #8\n"
      "mov r6, r4\n"
      "mov r7, r5\n"
      "mov pc, r12\n"
      "2:\n"
      MSF_TAP_WORD MSF_TAP_WORD MSF_TAP_WORD MSF_TAP_WORD
      "cmp r0, r3\n"
      "bne 2b\n"
      MSF_TAP_PRODUCTS_OF_TWO
      "add sp, sp, #32\n"
      "pop {r4-r11, pc}\n");
#undef MSF_TAP_WORD
}

/* The same for the first pixel alone: 32 instructions for two channels, and 15
 * for each word. Registers are the same, without those of pixel 1.
 *
 *   sp: w_a, codes; sums, end; x, x's end; r4-r11, lr of the caller */
__attribute__((naked, noinline)) static void msf_tap_row(
    const msf_pair_operand * /*x*/, const int32_t * /*rows*/,
    int32_t /*words*/, const msf_taps_of_two * /*taps*/) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "ldm r3, {r4-r8}\n"
      "mov r5, r8\n"
      "mov r8, r0\n"
      "add r9, r0, r2, lsl #4\n"
      "push {r4-r9}\n"
      "1:\n"
      "ldrd r0, r3, [sp, #16]\n"
      "ldrd r4, r5, [r1], #8\n"
      "2:\n"
      "ldrd r8, r9, [r0], #16\n"
      MSF_TAP_WEIGHTS_OF_ONE
      "cmp r0, r3\n"
      "bne 2b\n"
      MSF_TAP_PRODUCTS_OF_ONE
      "add sp, sp, #24\n"
      "pop {r4-r11, pc}\n");
}

/* As in kernels/msf_tap_rows_body.h: words of the input are widened here. 52
 * instructions for two channels, and 19.75 for each word. Registers as those of
 * msf_tap_rows(), but r0, r3 are both pixels' x.
 *
 *   sp: w_a, w_b, sums, end, codes; x_a, x_b, x_a's end, where the first turn
 *   begins; r4-r11, lr of the caller */
__attribute__((naked, noinline, aligned(4))) static void msf_tap_pixels(
    const int32_t * /*rows*/, int32_t /*words*/,
    const msf_taps_of_two * /*taps*/) {
#define MSF_TAP_WORD                                      \
  "ldr r9, [r0], #4\n"                                    \
  "ldr r11, [r3], #4\n"                                   \
  "sxtb16 r8, r9\n"                                       \
  "sxtb16 r9, r9, ror #8\n"                               \
  "sxtb16 r10, r11\n"                                     \
  "sxtb16 r11, r11, ror #8\n"                             \
  MSF_TAP_WEIGHTS_OF_TWO
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "rsb r9, r1, #0\n" /* the first turn lacks -words % 4 of its words */
      "and r9, r9, #3\n"
      "mov r10, #76\n" /* bytes of code of a word */
      "adr.w r12, 2f\n"
      "mla r10, r9, r10, r12\n"
      "mov r12, r0\n"
      "ldm r2, {r2-r8}\n"
      "add r9, r7, r1, lsl #2\n"
      "mov r1, r12\n"
      "push {r2-r10}\n"
      "1:\n"
      "ldrd r0, r3, [sp, #20]\n"
      "ldr r12, [sp, #32]\n"
      "ldrd r4, r5, [r1], #8\n"
      "mov r6, r4\n"
      "mov r7, r5\n"
      "mov pc, r12\n"
      "2:\n"
      MSF_TAP_WORD MSF_TAP_WORD MSF_TAP_WORD MSF_TAP_WORD
      "ldr r2, [sp, #28]\n"
      "cmp r0, r2\n"
      "bne 2b\n"
      MSF_TAP_PRODUCTS_OF_TWO
      "add sp, sp, #36\n"
      "pop {r4-r11, pc}\n");
#undef MSF_TAP_WORD
}

/* The same for the first pixel alone: 32 instructions for two channels, and 17
 * for each word.
 *
 *   sp: as in msf_tap_row() */
__attribute__((naked, noinline)) static void msf_tap_pixel(
    const int32_t * /*rows*/, int32_t /*words*/,
    const msf_taps_of_two * /*taps*/) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "ldm r2, {r4-r9}\n"
      "mov r5, r8\n"
      "mov r8, r9\n"
      "add r9, r9, r1, lsl #2\n"
      "push {r4-r9}\n"
      "mov r1, r0\n"
      "1:\n"
      "ldrd r0, r3, [sp, #16]\n"
      "ldrd r4, r5, [r1], #8\n"
      "2:\n"
      "ldr r9, [r0], #4\n"
      "sxtb16 r8, r9\n"
      "sxtb16 r9, r9, ror #8\n"
      MSF_TAP_WEIGHTS_OF_ONE
      "cmp r0, r3\n"
      "bne 2b\n"
      MSF_TAP_PRODUCTS_OF_ONE
      "add sp, sp, #24\n"
      "pop {r4-r11, pc}\n");
}

#undef MSF_TAP_CHANNEL_OF_TWO
#undef MSF_TAP_WEIGHTS_OF_TWO
#undef MSF_TAP_CHANNEL_OF_ONE
#undef MSF_TAP_WEIGHTS_OF_ONE
#undef MSF_TAP_CODE
#undef MSF_TAP_PRODUCTS_OF_TWO
#undef MSF_TAP_PRODUCTS_OF_ONE
/* clang-format on */

#endif /* MSF_TAP_ROWS_BODY_ARMV7EM_H_ */
