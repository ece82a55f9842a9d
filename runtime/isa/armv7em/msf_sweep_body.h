/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Columns and weights of msf_sweep.h for Armv7E-M: two kernel rows make one
 * word, so that one instruction multiplies both.
 *
 *   word:  [ row 2i + 1 | row 2i ]  as int16 */
#ifndef MSF_SWEEP_BODY_ARMV7EM_H_
#define MSF_SWEEP_BODY_ARMV7EM_H_

#include "isa/armv7em/msf_words.h"

/* `bottom` below `top`; only their low halves count. */
static inline uint32_t msf_pack_rows(int32_t top, int32_t bottom) {
  uint32_t word;
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(word) : "r"(top), "r"(bottom));
  return word;
}

/* sum plus both products of halfwords, in a register of its own. */
static inline uint32_t msf_smlad(uint32_t x, uint32_t w, uint32_t sum) {
  uint32_t result;
  __asm__("smlad %0, %1, %2, %3" : "=r"(result) : "r"(x), "r"(w), "r"(sum));
  return result;
}

/* sum plus the product of low halves. */
static inline uint32_t msf_smlabb(uint32_t x, uint32_t w, uint32_t sum) {
  uint32_t result;
  __asm__("smlabb %0, %1, %2, %3" : "=r"(result) : "r"(x), "r"(w), "r"(sum));
  return result;
}

/* sum plus the product of x's low and w's high half. */
static inline uint32_t msf_smlabt(uint32_t x, uint32_t w, uint32_t sum) {
  uint32_t result;
  __asm__("smlabt %0, %1, %2, %3" : "=r"(result) : "r"(x), "r"(w), "r"(sum));
  return result;
}

/* A column of three input codes. */
struct msf_column_3 {
  uint32_t pair;
  uint32_t single;

  msf_column_3(int32_t top, int32_t middle, int32_t bottom)
      : pair(msf_pack_rows(top, middle)), single((uint32_t)bottom) {}
};

/* The weights of one channel's 3x3 kernel, in registers. */
struct msf_weights_3x3 {
  uint32_t pair0, pair1, pair2;
  uint32_t single01; /* kernel columns 0 and 1 of the last row */
  uint32_t single2;

  explicit msf_weights_3x3(const int8_t *w)
      : pair0(msf_pack_rows(w[0], w[3])),
        pair1(msf_pack_rows(w[1], w[4])),
        pair2(msf_pack_rows(w[2], w[5])),
        single01(msf_pack_rows(w[6], w[7])),
        single2((uint32_t)w[8]) {}

  /* sum plus the products of a column and kernel column 0 and so on. */
  uint32_t add0(const msf_column_3 &x, uint32_t sum) const {
    return msf_smlabb(x.single, single01, msf_smlad(x.pair, pair0, sum));
  }
  uint32_t add1(const msf_column_3 &x, uint32_t sum) const {
    return msf_smlabt(x.single, single01, msf_smlad(x.pair, pair1, sum));
  }
  uint32_t add2(const msf_column_3 &x, uint32_t sum) const {
    return msf_smlabb(x.single, single2, msf_smlad(x.pair, pair2, sum));
  }
};

/* Words kAt and kAt + 1 of `from`. In assembly: compilers load them apart. */
template <int kAt>
static inline void msf_load_words(const uint32_t *from, uint32_t *first,
                                  uint32_t *second) {
  __asm__("ldrd %0, %1, [%2, %3]"
          : "=&r"(*first), "=r"(*second)
          : "r"(from), "i"(4 * kAt), "m"(from[kAt]), "m"(from[kAt + 1]));
}

/* The weights of one channel's K x K kernel in the rows that exist; a missing
 * second row of a word weighs nothing. A line of the table is
 *
 *   address of input row 2i | of row 2i + 1 | K words of weights
 *
 * with the even kernel columns first if the stride is 2. */
template <int K, int S>
struct msf_weights_kxk {
  uint32_t lines[(K + 1) / 2][2 + K];
  uint32_t padding[K]; /* what a column of padding adds to the sums */
  int32_t pairs;

  static constexpr int place(int k) {
    return 2 + (S == 1 ? k : k / 2 + (k % 2) * ((K + 1) / 2));
  }

  msf_weights_kxk(const int8_t *w, const int8_t *const *input, int32_t rows,
                  int32_t zero_point)
      : pairs((rows + 1) / 2) {
    const int8_t none[K] = {};
    const uint32_t zeros = msf_pack_rows(zero_point, zero_point);
    msf_sweep_sums<K> sums = {};
    for (int32_t i = 0; i < pairs; ++i) {
      const int8_t *next = 2 * i + 1 < rows ? w + K : none;
      uint32_t *line = lines[i];
      line[0] = (uint32_t)(uintptr_t)input[2 * i];
      line[1] = (uint32_t)(uintptr_t)input[2 * i + 1];
      sums.a0 = put<0>(line, w, next, zeros, sums.a0);
      sums.a1 = put<1>(line, w, next, zeros, sums.a1);
      sums.a2 = put<2>(line, w, next, zeros, sums.a2);
      sums.a3 = put<3>(line, w, next, zeros, sums.a3);
      sums.a4 = put<4>(line, w, next, zeros, sums.a4);
      if constexpr (K > 5) sums.a5 = put<5>(line, w, next, zeros, sums.a5);
      if constexpr (K > 5) sums.a6 = put<6>(line, w, next, zeros, sums.a6);
      w += 2 * K;
    }
    sums.store(padding);
  }

  /* Puts a word of kernel column k into its line. */
  template <int k>
  static uint32_t put(uint32_t *line, const int8_t *w, const int8_t *next,
                      uint32_t zeros, uint32_t sum) {
    const uint32_t word = msf_pack_rows(w[k], next[k]);
    line[place(k)] = word;
    return msf_smlad(word, zeros, sum);
  }

  /* Begins a window with the input column at byte `at` of its rows, and adds
   * the column to all sums. The first line by itself: there the sums move to
   * their next registers without a move. */
  template <int N>
  void begin(int32_t at, uint32_t start, msf_sweep_sums<N> *sums) const {
    msf_sweep_sums<N> s = *sums;
    s.shift(start);
    const uint32_t *line = lines[0];
    add_line<place(0), N>(line, at, &s);
    for (const uint32_t *const end = lines[pairs]; (line += 2 + K) != end;) {
      add_line<place(0), N>(line, at, &s);
    }
    *sums = s;
  }

  /* Adds a column to the first M sums, with the odd kernel columns. */
  template <int M, int N>
  void add_odd(int32_t at, msf_sweep_sums<N> *sums) const {
    msf_sweep_sums<N> s = *sums;
    const uint32_t *line = lines[0];
    for (const uint32_t *const end = lines[pairs]; line != end; line += 2 + K) {
      add_line<place(1), M>(line, at, &s);
    }
    *sums = s;
  }

  /* Two rows of a column times the M words of a line from kAt on. */
  template <int kAt, int M, int N>
  static void add_line(const uint32_t *line, int32_t at,
                       msf_sweep_sums<N> *sums) {
    msf_sweep_sums<N> s = *sums;
    uint32_t row0, row1, w0, w1;
    msf_load_words<0>(line, &row0, &row1);
    const uint32_t x = msf_pack_rows(((const int8_t *)(uintptr_t)row0)[at],
                                     ((const int8_t *)(uintptr_t)row1)[at]);
    /* The last sum first: begin() shifts them. */
    if constexpr (M == 7) s.a6 = msf_smlad(x, line[kAt + 6], s.a6);
    if constexpr (M > 5) {
      msf_load_words<kAt + 4>(line, &w0, &w1);
      s.a5 = msf_smlad(x, w1, s.a5);
      s.a4 = msf_smlad(x, w0, s.a4);
    }
    if constexpr (M == 5) s.a4 = msf_smlad(x, line[kAt + 4], s.a4);
    if constexpr (M > 3) {
      msf_load_words<kAt + 2>(line, &w0, &w1);
      s.a3 = msf_smlad(x, w1, s.a3);
      s.a2 = msf_smlad(x, w0, s.a2);
    }
    if constexpr (M == 3) s.a2 = msf_smlad(x, line[kAt + 2], s.a2);
    msf_load_words<kAt>(line, &w0, &w1);
    s.a1 = msf_smlad(x, w1, s.a1);
    s.a0 = msf_smlad(x, w0, s.a0);
    *sums = s;
  }
};

#endif /* MSF_SWEEP_BODY_ARMV7EM_H_ */
