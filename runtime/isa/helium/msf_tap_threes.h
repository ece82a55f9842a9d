/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Products and codes of the windows that convolutions of images have, three
 * rows of three words, straight from the input's rows, for Helium. */
#ifndef MSF_TAP_THREES_HELIUM_H_
#define MSF_TAP_THREES_HELIUM_H_

#include <stdint.h>

/* The assembly relies on the order. */
typedef struct msf_three_job {
  const int8_t *const *rows_a; /* input rows, from the window's first one on */
  const int8_t *const *rows_b;
  int32_t at_a; /* byte of the rows where the window begins */
  int32_t at_b;
  const int8_t *w_a; /* of the depthwise convolution */
  const int8_t *w_b;
  int32_t *sums; /* of four channels, or more of them */
  int32_t *end;
  const int32_t *rows; /* the convolution's constants */
  int32_t zero_point;  /* of its output */
  int32_t bytes;       /* of the input in a row of its window, 9 to 12 */
  int32_t dilation;    /* of rows */
} msf_three_job;

/* clang-format off */

/* Where rows begin: registers a, b, c = rows 0 to 2 from `first` on, which
 * becomes one of them; r10 is the dilation. */
#define MSF_THREE_ROWS(first, a, b, at)                 \
  "ldr " a ", [" first "]\n"                            \
  "ldr " b ", [" first ", r10, lsl #2]\n"               \
  "ldr " first ", [" first ", r10, lsl #3]\n"           \
  "add " a ", " a ", " at "\n"                          \
  "add " b ", " b ", " at "\n"                          \
  "add " first ", " first ", " at "\n"

/* Weights of a kernel row of one channel, `at` bytes behind q7, times the rows
 * of both pixels. */
#define MSF_THREES_ROW(at, multiply, x, a, y, b)        \
  "vldrw.u32 q6, [q7, #" at "\n"                        \
  multiply ".s8 " a ", " x ", q6\n"                     \
  multiply ".s8 " b ", " y ", q6\n"
#define MSF_THREES_CHANNEL(row0, row1, row2, a, b)      \
  MSF_THREES_ROW(row0, "vmladav", "q0", a, "q3", b)     \
  MSF_THREES_ROW(row1, "vmladava", "q1", a, "q4", b)    \
  MSF_THREES_ROW(row2, "vmladava", "q2", a, "q5", b)
#define MSF_THREE_ROW(at, multiply, x, a)               \
  "vldrw.u32 q6, [q7, #" at "\n"                        \
  multiply ".s8 " a ", " x ", q6\n"
#define MSF_THREE_CHANNEL(row0, row1, row2, a)          \
  MSF_THREE_ROW(row0, "vmladav", "q0", a)               \
  MSF_THREE_ROW(row1, "vmladava", "q1", a)              \
  MSF_THREE_ROW(row2, "vmladava", "q2", a)

/* From where r1 points to: bias, multipliers, shifts of four channels. */
#define MSF_THREES_OFFSETS                              \
  ".p2align 2\n"                                        \
  "9:\n"                                                \
  ".word 0, 4, 92, 96\n"                                \
  ".word 80, 84, 172, 176\n"                            \
  ".word 88, 89, 180, 181\n"

/* Adds the products of both pixels. Vectors of x end in zeros, and vectors of
 * weights in a word of the next kernel row or in a multiplier. 74 instructions
 * for four channels.
 *
 *   r0, r2, r4, r6 sums of pixel 0, r8, r10, r12, lr of pixel 1; r1 rows; r3
 *   sums of the depthwise convolution, r11 their end; r5, r7 its
 *   weights; r9 offsets
 *   q0, q1, q2 and q3, q4, q5 rows of the windows; q6 weights; q7 where they
 *   are
 *   sp: q0 to q5; zero point; d8-d15, r4-r11, lr of the caller */
__attribute__((naked, noinline, unused)) static void msf_tap_threes(
    const msf_three_job * /*job*/) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "vpush {d8-d15}\n"
      "mov r11, r0\n"
      "ldrd r8, r10, [r0, #40]\n"
      "ldm r0, {r4-r7}\n"
      "vctp.8 r8\n"
      MSF_THREE_ROWS("r4", "r0", "r2", "r6")
      MSF_THREE_ROWS("r5", "r8", "r9", "r7")
      "vpstttt\n"
      "vldrbt.8 q0, [r0]\n"
      "vldrbt.8 q1, [r2]\n"
      "vldrbt.8 q2, [r4]\n"
      "vldrbt.8 q3, [r8]\n"
      "vpstt\n"
      "vldrbt.8 q4, [r9]\n"
      "vldrbt.8 q5, [r5]\n"
      "ldrd r5, r7, [r11, #16]\n"
      "ldrd r1, r2, [r11, #32]\n"
      "ldrd r3, r11, [r11, #24]\n"
      "push {r2}\n"
      "vpush {d0-d11}\n"
      "sub r2, r1, #176\n"
      "vidup.u32 q7, r2, #8\n"
      "adr.w r9, 9f\n"
      "1:\n"
      MSF_THREES_CHANNEL("184]!", "24]", "48]", "r0", "r8")
      MSF_THREES_CHANNEL("4]", "28]", "52]", "r2", "r10")
      MSF_THREES_CHANNEL("92]", "116]", "140]", "r4", "r12")
      MSF_THREES_CHANNEL("96]", "120]", "144]", "r6", "lr")
      "vmov d0, r0, r2\n"
      "vmov d1, r4, r6\n"
      "vmov d2, r8, r10\n"
      "vmov d3, r12, lr\n"
      "vldm r9, {d4-d9}\n"
      "vldrw.u32 q5, [r1, q2]\n"
      "vldrw.u32 q6, [r1, q3]\n"
      "vadd.i32 q0, q0, q5\n"
      "vadd.i32 q1, q1, q5\n"
      "vldrb.s32 q5, [r1, q4]\n"
      "vqrdmulh.s32 q0, q0, q6\n"
      "vqrdmulh.s32 q1, q1, q6\n"
      "vmvn q5, q5\n"
      "vshr.s32 q2, q0, #31\n"
      "vshr.s32 q3, q1, #31\n"
      "vadd.i32 q0, q0, q2\n"
      "vadd.i32 q1, q1, q3\n"
      "vrshl.s32 q0, q0, q5\n"
      "vrshl.s32 q1, q1, q5\n"
      "ldr r0, [sp, #96]\n"
      "vqmovnb.s32 q2, q0\n"
      "vqmovnt.s32 q2, q1\n"
      "vqadd.s16 q2, q2, r0\n"
      "vqmovnb.s16 q3, q2\n"
      "vldrb.s32 q4, [r5], #4\n"
      "vldrb.s32 q5, [r7], #4\n"
      "vmovnt.i32 q4, q5\n"
      "vmullb.s8 q2, q3, q4\n"
      "vmovlb.s16 q3, q2\n"
      "vmovlt.s16 q2, q2\n"
      "vldrw.u32 q4, [r3]\n"
      "vadd.i32 q3, q3, q2\n"
      "vadd.i32 q3, q3, q4\n"
      "vstrw.32 q3, [r3], #16\n"
      "vldm sp, {d0-d11}\n"
      "add.w r1, r1, #184\n"
      "cmp r3, r11\n"
      "bne 1b\n"
      "add sp, sp, #100\n"
      "vpop {d8-d15}\n"
      "pop {r4-r11, pc}\n"
      MSF_THREES_OFFSETS);
}

/* The same for the first pixel alone: 51 instructions. */
__attribute__((naked, noinline, unused)) static void msf_tap_three(
    const msf_three_job * /*job*/) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "vpush {d8-d15}\n"
      "mov r11, r0\n"
      "ldrd r8, r10, [r0, #40]\n"
      "ldm r0, {r4-r7}\n"
      "vctp.8 r8\n"
      MSF_THREE_ROWS("r4", "r0", "r2", "r6")
      "vpsttt\n"
      "vldrbt.8 q0, [r0]\n"
      "vldrbt.8 q1, [r2]\n"
      "vldrbt.8 q2, [r4]\n"
      "ldr r5, [r11, #16]\n"
      "ldrd r1, r8, [r11, #32]\n"
      "ldrd r3, r11, [r11, #24]\n"
      "sub r2, r1, #176\n"
      "vidup.u32 q7, r2, #8\n"
      "adr.w r9, 9f\n"
      "1:\n"
      MSF_THREE_CHANNEL("184]!", "24]", "48]", "r0")
      MSF_THREE_CHANNEL("4]", "28]", "52]", "r2")
      MSF_THREE_CHANNEL("92]", "116]", "140]", "r4")
      MSF_THREE_CHANNEL("96]", "120]", "144]", "r6")
      "vldrw.u32 q3, [r9]\n"
      "vldrw.u32 q4, [r1, q3]\n"
      "vmov d6, r0, r2\n"
      "vmov d7, r4, r6\n"
      "vldrw.u32 q5, [r9, #16]\n"
      "vldrw.u32 q6, [r1, q5]\n"
      "vadd.i32 q3, q3, q4\n"
      "vqrdmulh.s32 q3, q3, q6\n"
      "vldrw.u32 q5, [r9, #32]\n"
      "vldrb.s32 q6, [r1, q5]\n"
      "vshr.s32 q4, q3, #31\n"
      "vmvn q6, q6\n"
      "vadd.i32 q3, q3, q4\n"
      "vrshl.s32 q3, q3, q6\n"
      "vqmovnb.s32 q3, q3\n"
      "vqadd.s16 q3, q3, r8\n"
      "vqmovnb.s16 q3, q3\n"
      "vldrb.s32 q4, [r5], #4\n"
      "vmullb.s8 q3, q3, q4\n"
      "vmovlb.s16 q3, q3\n"
      "vldrw.u32 q4, [r3]\n"
      "vadd.i32 q3, q3, q4\n"
      "vstrw.32 q3, [r3], #16\n"
      "add.w r1, r1, #184\n"
      "cmp r3, r11\n"
      "bne 1b\n"
      "vpop {d8-d15}\n"
      "pop {r4-r11, pc}\n"
      MSF_THREES_OFFSETS);
}

#undef MSF_THREE_ROWS
#undef MSF_THREES_ROW
#undef MSF_THREES_CHANNEL
#undef MSF_THREE_ROW
#undef MSF_THREE_CHANNEL
#undef MSF_THREES_OFFSETS
/* clang-format on */

#endif /* MSF_TAP_THREES_HELIUM_H_ */
