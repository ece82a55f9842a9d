/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Codes of three pixels whose windows are whole in an operand, straight from
 * the registers, for Helium. */
#ifndef MSF_OPERAND_CODES_HELIUM_H_
#define MSF_OPERAND_CODES_HELIUM_H_

#include <stdint.h>

#include "kernels/msf_conv2d_s8.h"

/* The assembly relies on the order. */
typedef struct msf_operand_job {
  const int8_t *x[3]; /* the windows, as they lie in the weights */
  const int8_t *w;    /* of the first channel */
  int32_t bytes;      /* of a window, > 0 */
  int32_t stride;     /* from channel to channel of the weights */
  const int8_t *shift; /* below 0; this and those up to `quads` change */
  int8_t *out[3];
  const int32_t *bias;
  const int32_t *multiplier; /* one for each channel */
  int32_t quads;             /* of channels, > 0 */
  int32_t zero_point;
  int32_t high; /* largest code */
  int32_t low;
} msf_operand_job;

/* All channels of the job. In assembly as msf_dot_quads().
 *
 *   r0, r2 sums of pixel 0, r4, r6 of pixel 1, r8, r10 of pixel 2; r1, r3
 *   weights of two channels; r5, r7, r9 x; r11 job; r12 from the end of a row
 *   of weights to the start of the second after it
 *   q4, q5, q6 sums of the pixels */
__attribute__((naked, noinline, unused)) static void msf_operand_codes(
    msf_operand_job * /*job*/) {
  /* clang-format off */
#define MSF_CODES_PAIR                    \
  "ldrd r9, r3, [r11, #16]\n"             \
  "movs r0, #0\n"                         \
  "movs r2, #0\n"                         \
  "movs r4, #0\n"                         \
  "movs r6, #0\n"                         \
  "mov r8, r0\n"                          \
  "mov r10, r0\n"                         \
  "add r3, r1, r3\n"                      \
  "dlstp.8 lr, r9\n"                      \
  "ldrd r5, r7, [r11]\n"                  \
  "ldr r9, [r11, #8]\n"                   \
  "2:\n"                                  \
  "vldrb.8 q0, [r1], #16\n"               \
  "vldrb.8 q1, [r3], #16\n"               \
  "vldrb.8 q2, [r5], #16\n"               \
  "vldrb.8 q3, [r7], #16\n"               \
  "vmladava.s8 r0, q2, q0\n"              \
  "vmladava.s8 r2, q2, q1\n"              \
  "vldrb.8 q2, [r9], #16\n"               \
  "vmladava.s8 r4, q3, q0\n"              \
  "vmladava.s8 r6, q3, q1\n"              \
  "vmladava.s8 r8, q2, q0\n"              \
  "vmladava.s8 r10, q2, q1\n"             \
  "letp lr, 2b\n"
#define MSF_CODES_PIXEL(sums)             \
  "vqrdmulh.s32 " sums ", " sums ", q1\n" \
  "vshr.s32 q0, " sums ", #31\n"          \
  "vadd.i32 " sums ", " sums ", q0\n"     \
  "vrshl.s32 " sums ", " sums ", q2\n"    \
  "vadd.i32 " sums ", " sums ", r8\n"     \
  "vmin.s32 " sums ", " sums ", q3\n"
#define MSF_CODES_STORE(sums, out)        \
  "vmax.s32 " sums ", " sums ", q3\n"     \
  "vstrb.32 " sums ", [" out "], #4\n"
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "vpush {d8-d13}\n"
      "mov r11, r0\n"
      "ldr r1, [r11, #12]\n"
      "ldrd r9, r3, [r11, #16]\n"
      "add r12, r9, #15\n"
      "bic r12, r12, #15\n"
      "rsb r12, r12, r3, lsl #1\n"
      "1:\n"
      MSF_CODES_PAIR
      "vmov d8, r0, r2\n"
      "vmov d10, r4, r6\n"
      "vmov d12, r8, r10\n"
      "add r1, r1, r12\n"
      MSF_CODES_PAIR
      "vmov d9, r0, r2\n"
      "vmov d11, r4, r6\n"
      "vmov d13, r8, r10\n"
      "add r1, r1, r12\n"
      /* r0 shift, r2-r4 out, r5 bias, r6 multiplier, r7 quads, r8 zero point,
       * r9 high, r10 low */
      "add lr, r11, #24\n"
      "ldmia lr, {r0, r2-r10}\n"
      "vldrw.s32 q0, [r5], #16\n"
      "vldrw.s32 q1, [r6], #16\n"
      "vldrb.s32 q2, [r0], #4\n"
      "vadd.i32 q4, q4, q0\n"
      "vadd.i32 q5, q5, q0\n"
      "vadd.i32 q6, q6, q0\n"
      "vdup.32 q3, r9\n"
      MSF_CODES_PIXEL("q4")
      MSF_CODES_PIXEL("q5")
      MSF_CODES_PIXEL("q6")
      "vdup.32 q3, r10\n"
      MSF_CODES_STORE("q4", "r2")
      MSF_CODES_STORE("q5", "r3")
      MSF_CODES_STORE("q6", "r4")
      "subs r7, r7, #1\n"
      "stmia lr, {r0, r2-r7}\n"
      "bne 1b\n"
      "vpop {d8-d13}\n"
      "pop {r4-r11, pc}\n");
#undef MSF_CODES_STORE
#undef MSF_CODES_PIXEL
#undef MSF_CODES_PAIR
  /* clang-format on */
}

/* Whether msf_operand_end_all() serves. */
static inline bool msf_has_codes(const msf_conv2d_s8_params *p) {
  return p->simple_scales && p->scale_step != 0 && p->out_c >= 4;
}

/* What all pixels of a call share. */
static inline void msf_operand_begin_job(msf_operand_job *job,
                                         const msf_conv2d_s8_params *p,
                                         int32_t bytes, int32_t stride) {
  job->bytes = bytes;
  job->stride = stride;
  job->zero_point = p->output_zero_point;
  job->high = p->clamp_max;
  job->low = p->clamp_min;
}

/* All channels of the pixels that job->x and job->out tell. */
static inline void msf_operand_end_all(msf_operand_job *job,
                                       const msf_conv2d_s8_params *p) {
  int32_t o = 0;
  for (int32_t quads = p->out_c >> 2;; quads = 1) {
    job->w = p->weights + o * job->stride;
    job->quads = quads;
    job->bias = p->bias + o;
    job->multiplier = p->multipliers + o;
    job->shift = p->shifts + o;
    msf_operand_codes(job);
    const int32_t rest = p->out_c & 3;
    if (o != 0 || rest == 0) return;
    o = p->out_c - 4; /* the last four, some of them once more */
    job->out[0] += rest - 4;
    job->out[1] += rest - 4;
    job->out[2] += rest - 4;
  }
}

#endif /* MSF_OPERAND_CODES_HELIUM_H_ */
