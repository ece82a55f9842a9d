/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The loop of msf_sweep.h over 3x3 windows for Armv7E-M. In assembly: what it
 * needs fits into the registers but for a few numbers, and compilers keep the
 * wrong ones there. The lines are those of msf_windows_3::end() and
 * msf_end_sum(). */
#ifndef MSF_SWEEP_3X3_BODY_ARMV7EM_H_
#define MSF_SWEEP_3X3_BODY_ARMV7EM_H_

/* What the loops read from memory, in pairs as they load it. */
typedef struct msf_loop_3x3 {
  uint32_t pair2;     /* #0 */
  uint32_t single2;   /* #4 */
  int32_t multiplier; /* #8 */
  int32_t rounding;   /* #12 */
  int32_t shift;      /* #16 */
  uint32_t out;       /* #20: address of the output minus `at` */
  int32_t step;       /* #24 */
  int32_t end;        /* #28: `at` behind the last column */
  uint32_t start;     /* #32 */
} msf_loop_3x3;

/* x, s = a column; x: rows 0 and 1, s: row 2. */
#define MSF_LOAD_COLUMN              \
  "ldrsb %[x], [%[row0], %[at]]\n\t" \
  "ldrsb %[t], [%[row1], %[at]]\n\t" \
  "ldrsb %[s], [%[row2], %[at]]\n\t" \
  "pkhbt %[x], %[x], %[t], lsl #16\n\t"

/* The code of sum t, but for the shift and what follows. */
#define MSF_SCALE_SUM                  \
  "ldrd %[x], %[s], [%[loop], #8]\n\t" \
  "add %[s], %[s], %[t], asr #31\n\t"  \
  "lsl %[t], %[t], #1\n\t"             \
  "smmlar %[t], %[t], %[x], %[s]\n\t"

/* A window begins with the column. */
#define MSF_START_WINDOW                     \
  "ldr %[one], [%[loop], #32]\n\t"           \
  "smlad %[one], %[x], %[pair0], %[one]\n\t" \
  "smlabb %[one], %[s], %[single01], %[one]\n\t"

/* Stride 1: each column ends a window. */
static inline void msf_loop_windows_3x3(const msf_loop_3x3 *loop,
                                        msf_columns_3 *columns,
                                        msf_windows_3<1> *windows,
                                        const msf_weights_3x3 &w) {
  uint32_t x, s, t;
  __asm__ volatile(
      "1:\n\t" MSF_LOAD_COLUMN
      "ldr %[t], [%[loop], #0]\n\t"
      "smlad %[t], %[x], %[t], %[two]\n\t"
      "ldr %[two], [%[loop], #4]\n\t"
      "smlabb %[t], %[s], %[two], %[t]\n\t"
      "smlad %[two], %[x], %[pair1], %[one]\n\t"
      "smlabt %[two], %[s], %[single01], %[two]\n\t" MSF_START_WINDOW
          MSF_SCALE_SUM
      "ldrd %[x], %[s], [%[loop], #16]\n\t"
      "asr %[t], %[t], %[x]\n\t"
      "ssat %[t], #8, %[t]\n\t"
      "strb %[t], [%[s], %[at]]\n\t"
      "ldrd %[x], %[s], [%[loop], #24]\n\t"
      "add %[at], %[at], %[x]\n\t"
      "cmp %[at], %[s]\n\t"
      "bne 1b"
      : [at] "+&r"(columns->at), [one] "+&r"(windows->one),
        [two] "+&r"(windows->two), [x] "=&r"(x), [s] "=&r"(s), [t] "=&r"(t)
      : [row0] "r"(columns->row0), [row1] "r"(columns->row1),
        [row2] "r"(columns->row2), [pair0] "r"(w.pair0), [pair1] "r"(w.pair1),
        [single01] "r"(w.single01), [loop] "r"(loop)
      : "cc", "memory");
}

/* Stride 2: each second column does. */
static inline void msf_loop_windows_3x3(const msf_loop_3x3 *loop,
                                        msf_columns_3 *columns,
                                        msf_windows_3<2> *windows,
                                        const msf_weights_3x3 &w) {
  uint32_t x, s, t;
  uint32_t out = loop->out;
  __asm__ volatile(
      "1:\n\t" MSF_LOAD_COLUMN
      "smlad %[one], %[x], %[pair1], %[one]\n\t"
      "smlabt %[one], %[s], %[single01], %[one]\n\t"
      "add %[at], %[at], %[step]\n\t" MSF_LOAD_COLUMN
      "ldr %[t], [%[loop], #0]\n\t"
      "smlad %[t], %[x], %[t], %[one]\n\t"
      "ldr %[one], [%[loop], #4]\n\t"
      "smlabb %[t], %[s], %[one], %[t]\n\t" MSF_START_WINDOW MSF_SCALE_SUM
      "ldr %[x], [%[loop], #16]\n\t"
      "asr %[t], %[t], %[x]\n\t"
      "ssat %[t], #8, %[t]\n\t"
      "strb %[t], [%[out]]\n\t"
      "add %[out], %[out], %[step]\n\t"
      "ldr %[x], [%[loop], #28]\n\t"
      "add %[at], %[at], %[step]\n\t"
      "cmp %[at], %[x]\n\t"
      "bne 1b"
      : [at] "+&r"(columns->at), [one] "+&r"(windows->one), [out] "+&r"(out),
        [x] "=&r"(x), [s] "=&r"(s), [t] "=&r"(t)
      : [row0] "r"(columns->row0), [row1] "r"(columns->row1),
        [row2] "r"(columns->row2), [pair0] "r"(w.pair0), [pair1] "r"(w.pair1),
        [single01] "r"(w.single01), [step] "r"(columns->step), [loop] "r"(loop)
      : "cc", "memory");
}

#undef MSF_LOAD_COLUMN
#undef MSF_SCALE_SUM
#undef MSF_START_WINDOW

/* Takes the columns up to the ends of `count` windows and writes their codes,
 * `columns->step` bytes apart. */
template <int S>
static inline void msf_pass_windows_3x3(msf_columns_3 *columns,
                                        msf_windows_3<S> *windows,
                                        const msf_weights_3x3 &w,
                                        const msf_sweep_channel &channel,
                                        int32_t count, int8_t *out) {
  if (count <= 0) return;
  const int32_t at = S == 1 ? columns->at : 0;
  const msf_loop_3x3 loop = {w.pair2,
                             w.single2,
                             channel.scale.multiplier,
                             channel.scale.rounding,
                             channel.scale.shift,
                             (uint32_t)(uintptr_t)out - (uint32_t)at,
                             columns->step,
                             columns->at + count * S * columns->step,
                             channel.start};
  msf_loop_windows_3x3(&loop, columns, windows, w);
}

#endif /* MSF_SWEEP_3X3_BODY_ARMV7EM_H_ */
