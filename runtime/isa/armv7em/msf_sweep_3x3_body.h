/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The loop of msf_sweep.h over 3x3 windows for Armv7E-M. In assembly: what it
 * needs fits into the registers but for a few numbers, and compilers keep the
 * wrong ones there. The lines are those of msf_windows_3::end() and
 * msf_end_sum(). At most eleven registers, so that builds with a frame pointer
 * compile too. */
#ifndef MSF_SWEEP_3X3_BODY_ARMV7EM_H_
#define MSF_SWEEP_3X3_BODY_ARMV7EM_H_

/* x, s = a column; x: rows 0 and 1, s: row 2. */
#define MSF_LOAD_COLUMN              \
  "ldrsb %[x], [%[row0], %[at]]\n\t" \
  "ldrsb %[t], [%[row1], %[at]]\n\t" \
  "ldrsb %[s], [%[row2], %[at]]\n\t" \
  "pkhbt %[x], %[x], %[t], lsl #16\n\t"

/* A window begins with the column. */
#define MSF_START_WINDOW                     \
  "ldr %[one], [%[channel], #12]\n\t"        \
  "smlad %[one], %[x], %[pair0], %[one]\n\t" \
  "smlabb %[one], %[s], %[single01], %[one]\n\t"

/* t = the code of sum t. */
#define MSF_END_SUM                   \
  "ldrd %[x], %[s], [%[channel]]\n\t" \
  "add %[s], %[s], %[t], asr #31\n\t" \
  "lsl %[t], %[t], #1\n\t"            \
  "smmlar %[t], %[t], %[x], %[s]\n\t" \
  "ldr %[x], [%[channel], #8]\n\t"    \
  "asr %[t], %[t], %[x]\n\t"          \
  "ssat %[t], #8, %[t]\n\t"

/* Stride 1: each column ends a window. Columns and codes are addressed from
 * the last ones backward. */
static inline void msf_loop_windows_3x3(msf_columns_3 *columns,
                                        msf_windows_3<1> *windows,
                                        const msf_weights_3x3 &w,
                                        const msf_sweep_channel &channel,
                                        int8_t *end) {
  /* Copies, so that the structs need not lie in memory. */
  const uint32_t pair2 = w.pair2;
  const uint32_t single2 = w.single2;
  const int32_t step = columns->step;
  uint32_t x, s, t;
  __asm__ volatile(
      "1:\n\t" MSF_LOAD_COLUMN
      "ldr %[t], %[pair2]\n\t"
      "smlad %[t], %[x], %[t], %[two]\n\t"
      "ldr %[two], %[single2]\n\t"
      "smlabb %[t], %[s], %[two], %[t]\n\t"
      "smlad %[two], %[x], %[pair1], %[one]\n\t"
      "smlabt %[two], %[s], %[single01], %[two]\n\t" MSF_START_WINDOW
          MSF_END_SUM
      "ldr %[s], %[end]\n\t"
      "ldr %[x], %[step]\n\t"
      "strb %[t], [%[s], %[at]]\n\t"
      "adds %[at], %[at], %[x]\n\t"
      "bne 1b"
      : [at] "+&r"(columns->at), [one] "+&r"(windows->one),
        [two] "+&r"(windows->two), [x] "=&r"(x), [s] "=&r"(s), [t] "=&r"(t)
      : [row0] "r"(columns->row0), [row1] "r"(columns->row1),
        [row2] "r"(columns->row2), [pair0] "r"(w.pair0), [pair1] "r"(w.pair1),
        [single01] "r"(w.single01), [channel] "r"(&channel), [pair2] "m"(pair2),
        [single2] "m"(single2), [end] "m"(end), [step] "m"(step)
      : "cc", "memory");
}

/* Stride 2: each second column does. */
static inline void msf_loop_windows_3x3(msf_columns_3 *columns,
                                        msf_windows_3<2> *windows,
                                        const msf_weights_3x3 &w,
                                        const msf_sweep_channel &channel,
                                        int8_t *out) {
  const uint32_t pair1 = w.pair1;
  const uint32_t pair2 = w.pair2;
  const uint32_t single2 = w.single2;
  uint32_t x, s, t;
  __asm__ volatile(
      "1:\n\t" MSF_LOAD_COLUMN
      "ldr %[t], %[pair1]\n\t"
      "smlad %[one], %[x], %[t], %[one]\n\t"
      "smlabt %[one], %[s], %[single01], %[one]\n\t"
      "add %[at], %[at], %[step]\n\t" MSF_LOAD_COLUMN
      "ldr %[t], %[pair2]\n\t"
      "smlad %[t], %[x], %[t], %[one]\n\t"
      "ldr %[one], %[single2]\n\t"
      "smlabb %[t], %[s], %[one], %[t]\n\t" MSF_START_WINDOW MSF_END_SUM
      "strb %[t], [%[out]]\n\t"
      "add %[out], %[out], %[step]\n\t"
      "adds %[at], %[at], %[step]\n\t"
      "bne 1b"
      : [at] "+&r"(columns->at), [one] "+&r"(windows->one), [out] "+&r"(out),
        [x] "=&r"(x), [s] "=&r"(s), [t] "=&r"(t)
      : [row0] "r"(columns->row0), [row1] "r"(columns->row1),
        [row2] "r"(columns->row2), [pair0] "r"(w.pair0),
        [single01] "r"(w.single01), [step] "r"(columns->step),
        [channel] "r"(&channel), [pair1] "m"(pair1), [pair2] "m"(pair2),
        [single2] "m"(single2)
      : "cc", "memory");
}

#undef MSF_LOAD_COLUMN
#undef MSF_START_WINDOW
#undef MSF_END_SUM

/* Takes the columns up to the ends of `count` windows and writes their codes,
 * `columns->step` bytes apart. */
template <int S>
static inline void msf_pass_windows_3x3(msf_columns_3 *columns,
                                        msf_windows_3<S> *windows,
                                        const msf_weights_3x3 &w,
                                        const msf_sweep_channel &channel,
                                        int32_t count, int8_t *out) {
  if (count <= 0) return;
  const int32_t bytes = count * S * columns->step;
  columns->row0 += columns->at + bytes;
  columns->row1 += columns->at + bytes;
  columns->row2 += columns->at + bytes;
  columns->at = -bytes;
  if (S == 1) out += bytes;
  msf_loop_windows_3x3(columns, windows, w, channel, out);
}

#endif /* MSF_SWEEP_3X3_BODY_ARMV7EM_H_ */
