/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Codes of up to three pixels whose windows are multiplied where they lie, for
 * Helium.
 *
 * A *run* is a part of a window whose bytes lie one behind the other, in the
 * input as in the weights: a kernel row, or what an edge leaves of it. All
 * pixels have the same runs, each at its own place. */
#ifndef MSF_RUN_CODES_HELIUM_H_
#define MSF_RUN_CODES_HELIUM_H_

#include <stdint.h>

/* The assembly relies on the order, here and below. */
typedef struct msf_input_run {
  const int8_t *x[3]; /* of each pixel */
  uint16_t bytes;     /* behind the last run both are 0 */
  int16_t next;       /* from where multiplying ends in the weights, a multiple
                         of 16 bytes behind the start, to the next run */
} msf_input_run;

typedef struct msf_run_job {
  const msf_input_run *runs;
  int32_t filter;      /* weights of a channel */
  const int8_t *w;     /* of the first channel */
  const int8_t *shift; /* below 0; this and those up to `quads` change */
  int8_t *out[3];
  const int32_t *bias;
  const int32_t *multiplier; /* one for each channel */
  int32_t quads;             /* of channels, > 0 */
  int32_t zero_point;
  int32_t high; /* largest code */
  int32_t low;
} msf_run_job;

/* All channels of the job, for three pixels, two, and one; in assembly as
 * msf_dot_quads(). Two channels at a time, for one pixel four. Those that end
 * in `dense` serve where weights of runs follow each other in whole vectors, so
 * that all msf_input_run.next are 0.
 *
 *   r0, r2 sums of pixel 0, r4, r6 of pixel 1, r8, r10 of pixel 2; r1, r3
 *   weights of two channels; r5, r7, r9 x; r11 job; r12 runs
 *   q3, q4, q5 sums of the pixels
 * One pixel: r0, r2, r4, r6 sums; r1, r3, r5, r7 weights; r8 x; q3 sums */
/* clang-format off */
#define MSF_RUN_BEGIN                     \
  ".syntax unified\n"                     \
  "push {r4-r11, lr}\n"                   \
  "vpush {d8-d11}\n"                      \
  "mov r11, r0\n"                         \
  "ldr r1, [r11, #8]\n"                   \
  "1:\n"
/* A run's length and field `next`, and what both add to an instruction. */
#define MSF_RUN_DENSE(...)
#define MSF_RUN_APART(...) __VA_ARGS__
#define MSF_RUN_NEXT(weights) "add " weights ", " weights ", r9\n"
#define MSF_RUN_THREE(APART)              \
  "ldrd r12, r3, [r11]\n"                 \
  "movs r0, #0\n"                         \
  "movs r2, #0\n"                         \
  "movs r4, #0\n"                         \
  "movs r6, #0\n"                         \
  "mov r8, r0\n"                          \
  "mov r10, r0\n"                         \
  "add r3, r1, r3\n"                      \
  "2:\n"                                  \
  "ldmia r12!, {r5, r7, r9, lr}\n"        \
  APART("uxth lr, lr\n")                  \
  "wlstp.8 lr, lr, 4f\n"                  \
  "3:\n"                                  \
  "vldrb.8 q0, [r1], #16\n"               \
  "vldrb.8 q1, [r3], #16\n"               \
  "vldrb.8 q2, [r5], #16\n"               \
  "vmladava.s8 r0, q2, q0\n"              \
  "vmladava.s8 r2, q2, q1\n"              \
  "vldrb.8 q2, [r7], #16\n"               \
  "vmladava.s8 r4, q2, q0\n"              \
  "vmladava.s8 r6, q2, q1\n"              \
  "vldrb.8 q2, [r9], #16\n"               \
  "vmladava.s8 r8, q2, q0\n"              \
  "vmladava.s8 r10, q2, q1\n"             \
  "letp lr, 3b\n"                         \
  APART("ldrsh r9, [r12, #-2]\n"          \
        MSF_RUN_NEXT("r1")                \
        MSF_RUN_NEXT("r3"))               \
  "b 2b\n"                                \
  "4:\n"                                  \
  "mov r1, r3\n"
#define MSF_RUN_TWO(APART)                \
  "ldrd r12, r3, [r11]\n"                 \
  "movs r0, #0\n"                         \
  "movs r2, #0\n"                         \
  "movs r4, #0\n"                         \
  "movs r6, #0\n"                         \
  "add r3, r1, r3\n"                      \
  "2:\n"                                  \
  "ldmia r12!, {r5, r7, r9, lr}\n"        \
  APART("uxth lr, lr\n")                  \
  "wlstp.8 lr, lr, 4f\n"                  \
  "3:\n"                                  \
  "vldrb.8 q0, [r1], #16\n"               \
  "vldrb.8 q1, [r3], #16\n"               \
  "vldrb.8 q2, [r5], #16\n"               \
  "vmladava.s8 r0, q2, q0\n"              \
  "vmladava.s8 r2, q2, q1\n"              \
  "vldrb.8 q2, [r7], #16\n"               \
  "vmladava.s8 r4, q2, q0\n"              \
  "vmladava.s8 r6, q2, q1\n"              \
  "letp lr, 3b\n"                         \
  APART("ldrsh r9, [r12, #-2]\n"          \
        MSF_RUN_NEXT("r1")                \
        MSF_RUN_NEXT("r3"))               \
  "b 2b\n"                                \
  "4:\n"                                  \
  "mov r1, r3\n"
#define MSF_RUN_CHANNEL(w, sum)           \
  "vldrb.8 q1, [" w "], #16\n"            \
  "vmladava.s8 " sum ", q0, q1\n"
#define MSF_RUN_ONE(APART)                \
  "ldrd r12, r7, [r11]\n"                 \
  "movs r0, #0\n"                         \
  "movs r2, #0\n"                         \
  "movs r4, #0\n"                         \
  "movs r6, #0\n"                         \
  "adds r3, r1, r7\n"                     \
  "adds r5, r3, r7\n"                     \
  "add r7, r5\n"                          \
  "2:\n"                                  \
  "ldmia r12!, {r8, r9, r10, lr}\n"       \
  APART("uxth lr, lr\n")                  \
  "wlstp.8 lr, lr, 4f\n"                  \
  "3:\n"                                  \
  "vldrb.8 q0, [r8], #16\n"               \
  MSF_RUN_CHANNEL("r1", "r0")             \
  MSF_RUN_CHANNEL("r3", "r2")             \
  MSF_RUN_CHANNEL("r5", "r4")             \
  MSF_RUN_CHANNEL("r7", "r6")             \
  "letp lr, 3b\n"                         \
  APART("ldrsh r9, [r12, #-2]\n"          \
        MSF_RUN_NEXT("r1")                \
        MSF_RUN_NEXT("r3")                \
        MSF_RUN_NEXT("r5")                \
        MSF_RUN_NEXT("r7"))               \
  "b 2b\n"                                \
  "4:\n"                                  \
  "mov r1, r7\n"
/* From msf_run_job.shift on: r0 shift, r2-r4 out, r5 bias, r6 multiplier, r7
 * quads, r8 zero point, r9 high, r10 low */
#define MSF_RUN_SCALES                    \
  "add lr, r11, #12\n"                    \
  "ldmia lr, {r0, r2-r10}\n"              \
  "vldrw.s32 q0, [r5], #16\n"             \
  "vldrw.s32 q1, [r6], #16\n"             \
  "vldrb.s32 q2, [r0], #4\n"
#define MSF_RUN_BIAS(sums)                \
  "vadd.i32 " sums ", " sums ", q0\n"
#define MSF_RUN_CODES(sums)               \
  "vqrdmulh.s32 " sums ", " sums ", q1\n" \
  "vshr.s32 q0, " sums ", #31\n"          \
  "vadd.i32 " sums ", " sums ", q0\n"     \
  "vrshl.s32 " sums ", " sums ", q2\n"    \
  "vadd.i32 " sums ", " sums ", r8\n"
#define MSF_RUN_CLAMP                     \
  "vdup.32 q1, r9\n"                      \
  "vdup.32 q2, r10\n"
#define MSF_RUN_STORE(sums, out)          \
  "vmin.s32 " sums ", " sums ", q1\n"     \
  "vmax.s32 " sums ", " sums ", q2\n"     \
  "vstrb.32 " sums ", [" out "], #4\n"
#define MSF_RUN_END                       \
  "subs r7, r7, #1\n"                     \
  "stmia lr, {r0, r2-r7}\n"               \
  "bne 1b\n"                              \
  "vpop {d8-d11}\n"                       \
  "pop {r4-r11, pc}\n"
#define MSF_RUN_CODES_THREE(APART)        \
  MSF_RUN_BEGIN                           \
  MSF_RUN_THREE(APART)                    \
  "vmov d6, r0, r2\n"                     \
  "vmov d8, r4, r6\n"                     \
  "vmov d10, r8, r10\n"                   \
  MSF_RUN_THREE(APART)                    \
  "vmov d7, r0, r2\n"                     \
  "vmov d9, r4, r6\n"                     \
  "vmov d11, r8, r10\n"                   \
  MSF_RUN_SCALES                          \
  MSF_RUN_BIAS("q3")                      \
  MSF_RUN_BIAS("q4")                      \
  MSF_RUN_BIAS("q5")                      \
  MSF_RUN_CODES("q3")                     \
  MSF_RUN_CODES("q4")                     \
  MSF_RUN_CODES("q5")                     \
  MSF_RUN_CLAMP                           \
  MSF_RUN_STORE("q3", "r2")               \
  MSF_RUN_STORE("q4", "r3")               \
  MSF_RUN_STORE("q5", "r4")               \
  MSF_RUN_END
#define MSF_RUN_CODES_TWO(APART)          \
  MSF_RUN_BEGIN                           \
  MSF_RUN_TWO(APART)                      \
  "vmov d6, r0, r2\n"                     \
  "vmov d8, r4, r6\n"                     \
  MSF_RUN_TWO(APART)                      \
  "vmov d7, r0, r2\n"                     \
  "vmov d9, r4, r6\n"                     \
  MSF_RUN_SCALES                          \
  MSF_RUN_BIAS("q3")                      \
  MSF_RUN_BIAS("q4")                      \
  MSF_RUN_CODES("q3")                     \
  MSF_RUN_CODES("q4")                     \
  MSF_RUN_CLAMP                           \
  MSF_RUN_STORE("q3", "r2")               \
  MSF_RUN_STORE("q4", "r3")               \
  MSF_RUN_END
#define MSF_RUN_CODES_ONE(APART)          \
  MSF_RUN_BEGIN                           \
  MSF_RUN_ONE(APART)                      \
  "vmov d6, r0, r2\n"                     \
  "vmov d7, r4, r6\n"                     \
  MSF_RUN_SCALES                          \
  MSF_RUN_BIAS("q3")                      \
  MSF_RUN_CODES("q3")                     \
  MSF_RUN_CLAMP                           \
  MSF_RUN_STORE("q3", "r2")               \
  MSF_RUN_END
/* clang-format on */

#define MSF_RUN_FUNCTION(name, body)                                \
  __attribute__((naked, noinline, unused)) static void name(        \
      msf_run_job *) {                                              \
    __asm__ volatile(body);                                         \
  }

MSF_RUN_FUNCTION(msf_run_codes_three, MSF_RUN_CODES_THREE(MSF_RUN_APART))
MSF_RUN_FUNCTION(msf_run_codes_two, MSF_RUN_CODES_TWO(MSF_RUN_APART))
MSF_RUN_FUNCTION(msf_run_codes_one, MSF_RUN_CODES_ONE(MSF_RUN_APART))
MSF_RUN_FUNCTION(msf_run_codes_three_dense, MSF_RUN_CODES_THREE(MSF_RUN_DENSE))
MSF_RUN_FUNCTION(msf_run_codes_two_dense, MSF_RUN_CODES_TWO(MSF_RUN_DENSE))
MSF_RUN_FUNCTION(msf_run_codes_one_dense, MSF_RUN_CODES_ONE(MSF_RUN_DENSE))

#undef MSF_RUN_FUNCTION
#undef MSF_RUN_CODES_ONE
#undef MSF_RUN_CODES_TWO
#undef MSF_RUN_CODES_THREE
#undef MSF_RUN_END
#undef MSF_RUN_STORE
#undef MSF_RUN_CLAMP
#undef MSF_RUN_CODES
#undef MSF_RUN_BIAS
#undef MSF_RUN_SCALES
#undef MSF_RUN_ONE
#undef MSF_RUN_CHANNEL
#undef MSF_RUN_TWO
#undef MSF_RUN_THREE
#undef MSF_RUN_NEXT
#undef MSF_RUN_APART
#undef MSF_RUN_DENSE
#undef MSF_RUN_BEGIN

/* For one, two, three pixels; then the dense ones. */
static constexpr void (*kMsfRunCodes[2][3])(msf_run_job *) = {
    {msf_run_codes_one, msf_run_codes_two, msf_run_codes_three},
    {msf_run_codes_one_dense, msf_run_codes_two_dense,
     msf_run_codes_three_dense}};

#endif /* MSF_RUN_CODES_HELIUM_H_ */
