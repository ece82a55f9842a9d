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

/* The weights of one channel's K x K kernel in the rows that exist; a missing
 * second row of a word weighs nothing. */
template <int K, int S>
struct msf_weights_kxk {
  uint32_t w[(K + 1) / 2][K]; /* for a stride of 2 even kernel columns first */
  int32_t pairs;

  static constexpr int place(int k) {
    return S == 1 ? k : k / 2 + (k % 2) * ((K + 1) / 2);
  }

  msf_weights_kxk(const int8_t *weights, int32_t rows) : pairs((rows + 1) / 2) {
    const int8_t none[K] = {};
    for (int32_t i = 0; i < pairs; ++i) {
      const int8_t *next = 2 * i + 1 < rows ? weights + K : none;
      uint32_t *to = w[i];
      to[place(0)] = msf_pack_rows(weights[0], next[0]);
      to[place(1)] = msf_pack_rows(weights[1], next[1]);
      to[place(2)] = msf_pack_rows(weights[2], next[2]);
      to[place(3)] = msf_pack_rows(weights[3], next[3]);
      to[place(4)] = msf_pack_rows(weights[4], next[4]);
      if constexpr (K > 5) {
        to[place(5)] = msf_pack_rows(weights[5], next[5]);
        to[place(6)] = msf_pack_rows(weights[6], next[6]);
      }
      weights += 2 * K;
    }
  }

  /* Sum of a kernel column. */
  int32_t column(int32_t k) const {
    const int32_t at = place(k);
    uint32_t sum = 0;
    for (int32_t i = 0; i < pairs; ++i) sum = msf_smlad(w[i][at], 0x10001, sum);
    return (int32_t)sum;
  }

  /* Adds the input column at byte `at` of its rows to the first M sums, with
   * every S-th kernel column from kFirst on. */
  template <int kFirst, int M, int N>
  void add(const int8_t *const *input, int32_t at,
           msf_sweep_sums<N> *sums) const {
    msf_sweep_sums<N> s = *sums;
    const uint32_t *from = w[0] + place(kFirst);
    for (int32_t i = pairs; i > 0; --i) {
      const uint32_t x = msf_pack_rows(input[0][at], input[1][at]);
      s.a0 = msf_smlad(x, from[0], s.a0);
      s.a1 = msf_smlad(x, from[1], s.a1);
      if constexpr (M > 2) s.a2 = msf_smlad(x, from[2], s.a2);
      if constexpr (M > 3) s.a3 = msf_smlad(x, from[3], s.a3);
      if constexpr (M > 4) s.a4 = msf_smlad(x, from[4], s.a4);
      if constexpr (M > 5) s.a5 = msf_smlad(x, from[5], s.a5);
      if constexpr (M > 6) s.a6 = msf_smlad(x, from[6], s.a6);
      input += 2;
      from += K;
    }
    *sums = s;
  }
};

#endif /* MSF_SWEEP_BODY_ARMV7EM_H_ */
