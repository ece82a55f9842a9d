/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Products and codes of three pixels of a 1x1 convolution, straight from the
 * input, for Helium. */
#ifndef MSF_TAP_POINTS_HELIUM_H_
#define MSF_TAP_POINTS_HELIUM_H_

#include <stdint.h>

#include "msf_math.h"

/* The assembly relies on the order. */
typedef struct msf_point_job {
  const int8_t *x[3];       /* the pixels' input; this and the next may change */
  const int8_t *weights[3]; /* of the depthwise convolution */
  int32_t *sums;            /* of four channels, or more of them */
  int32_t *end;
  const int32_t *rows; /* the convolution's constants */
  int32_t zero_point;  /* of its output */
  /* Pixels and weights are a vector of four words, or two, of which the second
   * one ends with the last word. */
  int32_t to_second; /* bytes from the first to the second one of weights */
  int32_t to_next;   /* from the last one of two channels to the next two */
  uint32_t last;     /* predicate of the last vector of a pixel */
  uint32_t at[4];    /* where the first vector of weights begins */
  uint32_t bias[4];  /* where four channels have it */
  uint32_t multipliers[4];
  uint32_t shifts[4];
  int32_t bytes; /* of a pixel of more words */
} msf_point_job;

#define MSF_POINT_WORDS 8 /* most that two vectors have */

/* What depends on the bytes of a pixel: up to 32, or a whole number of words. */
__attribute__((noinline)) static void msf_points_begin(msf_point_job *job,
                                                       int32_t bytes) {
  const int32_t words = (bytes + 3) >> 2;
  const uint32_t two = 8 * (uint32_t)words + 20;
  job->to_second = 0;
  job->last = 0;
  job->bytes = 0;
  uint32_t first = 8; /* byte of the first word of weights */
  if (words > MSF_POINT_WORDS) {
    job->bytes = bytes;
    first -= 32; /* the loop steps there */
  } else if (words > 4) {
    const int32_t over = MSF_POINT_WORDS - words; /* words in both vectors */
    job->to_second = 8 * (words - 4);
    job->last = ((1u << (bytes - 4 * (words - 4))) - 1) &
                ~((1u << 4 * over) - 1);
  } else {
    job->last = (1u << bytes) - 1;
  }
  job->to_next = (int32_t)two - job->to_second;
  for (uint32_t i = 0; i < 4; ++i) {
    job->at[i] = first + 8 * (uint32_t)msf_min((int32_t)i, words - 1);
  }
  /* Without a choice by lane: GCC 12 gets one with a constant mask wrong where
   * it vectorizes. */
  for (uint32_t i = 0; i < 2; ++i) {
    job->bias[i] = 4 * i;
    job->bias[i + 2] = two + 4 * i;
    job->multipliers[i] = two - 12 + 4 * i;
    job->multipliers[i + 2] = 2 * two - 12 + 4 * i;
    job->shifts[i] = two - 4 + i;
    job->shifts[i + 2] = 2 * two - 4 + i;
  }
}

/* clang-format off */

/* What follows the job's `at`, where r7 points to. */
#define MSF_POINTS_ENTER                                \
  "push {r4-r11, lr}\n"                                 \
  "vpush {d8-d15}\n"                                    \
  "add r7, r0, #68\n"                                   \
  "ldm r0, {r0-r5}\n"                                   \
  "ldr r6, [r7, #-20]\n"                                \
  "ldrd r11, lr, [r7, #-44]\n"                          \
  "ldr r9, [r7, #-36]\n"                                \
  "ldr r12, [r7, #-24]\n"                               \
  "vmsr p0, r6\n"                                       \
  "vldrw.u32 q7, [r7, #-16]\n"                          \
  "vadd.i32 q7, q7, r9\n"

/* One vector of weights of two channels. */
#define MSF_POINTS_PRODUCTS(multiply, x0, x1, x2)       \
  "vldrw.u32 q6, [q7]\n"                                \
  multiply ".s8 r0, " x0 ", q6\n"                       \
  multiply ".s8 r4, " x1 ", q6\n"                       \
  multiply ".s8 r8, " x2 ", q6\n"                       \
  "vldrw.u32 q6, [q7, #4]\n"                            \
  multiply ".s8 r2, " x0 ", q6\n"                       \
  multiply ".s8 r6, " x1 ", q6\n"                       \
  multiply ".s8 r10, " x2 ", q6\n"

/* From sums in q3, q4, q5 of the pixels to those of the depthwise convolution.
 * Codes become bytes 0, 2 and 1 of a word. */
#define MSF_POINTS_CODES                                \
  "vldm r7, {d0-d5}\n"                                  \
  "vldrw.u32 q6, [r9, q0]\n"                            \
  "vadd.i32 q3, q3, q6\n"                               \
  "vadd.i32 q4, q4, q6\n"                               \
  "vadd.i32 q5, q5, q6\n"                               \
  "vldrw.u32 q0, [r9, q1]\n"                            \
  "vldrb.s32 q1, [r9, q2]\n"                            \
  "vqrdmulh.s32 q3, q3, q0\n"                           \
  "vqrdmulh.s32 q4, q4, q0\n"                           \
  "vqrdmulh.s32 q5, q5, q0\n"                           \
  "vmvn q1, q1\n"                                       \
  "vshr.s32 q2, q3, #31\n"                              \
  "vshr.s32 q6, q4, #31\n"                              \
  "vshr.s32 q0, q5, #31\n"                              \
  "vadd.i32 q3, q3, q2\n"                               \
  "vadd.i32 q4, q4, q6\n"                               \
  "vadd.i32 q5, q5, q0\n"                               \
  "vrshl.s32 q3, q3, q1\n"                              \
  "vrshl.s32 q4, q4, q1\n"                              \
  "vrshl.s32 q5, q5, q1\n"                              \
  "ldr r0, [r7, #-32]\n"                                \
  "vqmovnb.s32 q0, q3\n"                                \
  "vqmovnt.s32 q0, q4\n"                                \
  "vqmovnb.s32 q1, q5\n"                                \
  "vqadd.s16 q0, q0, r0\n"                              \
  "vqadd.s16 q1, q1, r0\n"                              \
  "vqmovnb.s16 q2, q0\n"                                \
  "vqmovnt.s16 q2, q1\n"                                \
  "vldrb.s32 q3, [r3], #4\n"                            \
  "vldrb.s32 q4, [r1], #4\n"                            \
  "vldrb.s32 q5, [r5], #4\n"                            \
  "vmovnt.i32 q3, q4\n"                                 \
  "vmovnt.i16 q3, q5\n"                                 \
  "vmullb.s8 q0, q2, q3\n"                              \
  "vmullt.s8 q1, q2, q3\n"                              \
  "vmovlb.s16 q2, q0\n"                                 \
  "vmovlt.s16 q0, q0\n"                                 \
  "vmovlb.s16 q1, q1\n"                                 \
  "vldrw.u32 q3, [r11]\n"                               \
  "vadd.i32 q2, q2, q0\n"                               \
  "vadd.i32 q1, q1, q3\n"                               \
  "vadd.i32 q2, q2, q1\n"                               \
  "vstrw.32 q2, [r11], #16\n"

/* Adds the products of pixels of one vector. 71 instructions for four channels.
 *
 *   r0, r2 sums of pixel 0, r4, r6 of pixel 1, r8, r10 of pixel 2; r3, r1, r5
 *   depthwise weights of the pixels; r7 job; r9 rows; r11 sums of the
 *   depthwise convolution, lr their end; r12 bytes to the next two channels
 *   q0, q1, q2 pixels; q6 weights; q7 where they are
 *   sp: q0 to q2; d8-d15, r4-r11, lr of the caller */
__attribute__((naked, noinline, unused)) static void msf_points_of_one(
    const msf_point_job * /*job*/) {
  __asm__ volatile(
      ".syntax unified\n"
      MSF_POINTS_ENTER
      "vpsttt\n"
      "vldrbt.8 q0, [r0]\n"
      "vldrbt.8 q1, [r1]\n"
      "vldrbt.8 q2, [r2]\n"
      "mov r1, r4\n"
      "vpush {d0-d5}\n"
      "1:\n"
      MSF_POINTS_PRODUCTS("vmladav", "q0", "q1", "q2")
      "vmov d6, r0, r2\n"
      "vmov d8, r4, r6\n"
      "vmov d10, r8, r10\n"
      "vadd.i32 q7, q7, r12\n"
      MSF_POINTS_PRODUCTS("vmladav", "q0", "q1", "q2")
      "vmov d7, r0, r2\n"
      "vmov d9, r4, r6\n"
      "vmov d11, r8, r10\n"
      "vadd.i32 q7, q7, r12\n"
      MSF_POINTS_CODES
      "add r9, r9, r12, lsl #1\n"
      "vldm sp, {d0-d5}\n"
      "cmp r11, lr\n"
      "bne 1b\n"
      "add sp, sp, #48\n"
      "vpop {d8-d15}\n"
      "pop {r4-r11, pc}\n");
}

/* The same of two vectors: 96 instructions.
 *
 *   lr bytes from the first vector of weights to the second one
 *   q0, q1, q2 and q3, q4, q5 both vectors of the pixels
 *   job: sums of two channels, in place of x and weights
 *   sp: q0 to q5; d8-d15, r4-r11, lr of the caller */
__attribute__((naked, noinline, unused)) static void msf_points_of_two(
    msf_point_job * /*job*/) {
#define MSF_POINTS_TWO                                  \
  MSF_POINTS_PRODUCTS("vmladav", "q0", "q1", "q2")      \
  "vadd.i32 q7, q7, lr\n"                               \
  MSF_POINTS_PRODUCTS("vmladava", "q3", "q4", "q5")     \
  "vadd.i32 q7, q7, r12\n"
  __asm__ volatile(
      ".syntax unified\n"
      MSF_POINTS_ENTER
      "ldr lr, [r7, #-28]\n"
      "asr r6, lr, #1\n" /* in the pixels: one channel only */
      "vldrb.8 q0, [r0]\n"
      "vldrb.8 q1, [r1]\n"
      "vldrb.8 q2, [r2]\n"
      "add r0, r0, r6\n"
      "add r1, r1, r6\n"
      "add r2, r2, r6\n"
      "vpsttt\n"
      "vldrbt.8 q3, [r0]\n"
      "vldrbt.8 q4, [r1]\n"
      "vldrbt.8 q5, [r2]\n"
      "mov r1, r4\n"
      "vpush {d0-d11}\n"
      "1:\n"
      MSF_POINTS_TWO
      "strd r0, r2, [r7, #-68]\n"
      "strd r4, r6, [r7, #-60]\n"
      "strd r8, r10, [r7, #-52]\n"
      MSF_POINTS_TWO
      "vldr d6, [r7, #-68]\n"
      "vldr d8, [r7, #-60]\n"
      "vldr d10, [r7, #-52]\n"
      "vmov d7, r0, r2\n"
      "vmov d9, r4, r6\n"
      "vmov d11, r8, r10\n"
      MSF_POINTS_CODES
      "add r9, r9, r12, lsl #1\n"
      "add r9, r9, lr, lsl #1\n"
      "ldr r0, [r7, #-40]\n"
      "vldm sp, {d0-d11}\n"
      "cmp r11, r0\n"
      "bne 1b\n"
      "add sp, sp, #96\n"
      "vpop {d8-d15}\n"
      "pop {r4-r11, pc}\n");
#undef MSF_POINTS_TWO
}

/* The same of more vectors: 76 instructions for four channels, and 24 for each
 * vector.
 *
 *   r1, r3, r5 input of the pixels; lr bytes to go
 *   sp: d8-d15, r4-r11, lr of the caller */
__attribute__((naked, noinline, unused)) static void msf_points_of_many(
    msf_point_job * /*job*/) {
/* Two channels from `rows` on; the number of the loop's label. */
#define MSF_POINTS_MANY(rows, label)                    \
  "vldrw.u32 q7, [r7, #-16]\n"                          \
  "vadd.i32 q7, q7, " rows "\n"                         \
  "ldrd r1, r3, [r7, #-68]\n"                           \
  "ldr r5, [r7, #-60]\n"                                \
  "ldr r0, [r7, #48]\n"                                 \
  "movs r2, #0\n"                                       \
  "movs r4, #0\n"                                       \
  "movs r6, #0\n"                                       \
  "mov r8, #0\n"                                        \
  "mov r10, #0\n"                                       \
  "dlstp.8 lr, r0\n"                                    \
  "movs r0, #0\n"                                       \
  label ":\n"                                           \
  "vldrb.u8 q0, [r1], #16\n"                            \
  "vldrb.u8 q1, [r3], #16\n"                            \
  "vldrb.u8 q2, [r5], #16\n"                            \
  "vldrw.u32 q6, [q7, #36]\n"                           \
  "vmladava.s8 r2, q0, q6\n"                            \
  "vmladava.s8 r6, q1, q6\n"                            \
  "vmladava.s8 r10, q2, q6\n"                           \
  "vldrw.u32 q6, [q7, #32]!\n"                          \
  "vmladava.s8 r0, q0, q6\n"                            \
  "vmladava.s8 r4, q1, q6\n"                            \
  "vmladava.s8 r8, q2, q6\n"                            \
  "letp lr, " label "b\n"
  __asm__ volatile(
      ".syntax unified\n"
      MSF_POINTS_ENTER
      "1:\n"
      MSF_POINTS_MANY("r9", "2")
      "vmov d6, r0, r2\n"
      "vmov d8, r4, r6\n"
      "vmov d10, r8, r10\n"
      "add r0, r9, r12\n"
      MSF_POINTS_MANY("r0", "3")
      "vmov d7, r0, r2\n"
      "vmov d9, r4, r6\n"
      "vmov d11, r8, r10\n"
      "ldrd r3, r1, [r7, #-56]\n"
      "ldr r5, [r7, #-48]\n"
      MSF_POINTS_CODES
      "strd r3, r1, [r7, #-56]\n"
      "str r5, [r7, #-48]\n"
      "add r9, r9, r12, lsl #1\n"
      "ldr r0, [r7, #-40]\n"
      "cmp r11, r0\n"
      "bne 1b\n"
      "vpop {d8-d15}\n"
      "pop {r4-r11, pc}\n");
#undef MSF_POINTS_MANY
}

#undef MSF_POINTS_ENTER
#undef MSF_POINTS_PRODUCTS
#undef MSF_POINTS_CODES
/* clang-format on */

/* Adds the products of three pixels. */
static inline void msf_points_add(msf_point_job *job) {
  if (job->bytes != 0) {
    msf_points_of_many(job);
  } else if (job->to_second != 0) {
    msf_points_of_two(job);
  } else {
    msf_points_of_one(job);
  }
}

#endif /* MSF_TAP_POINTS_HELIUM_H_ */
