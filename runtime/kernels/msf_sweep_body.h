/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Columns and weights of msf_sweep.h, portable. */
#ifndef MSF_SWEEP_BODY_H_
#define MSF_SWEEP_BODY_H_

/* A column of three input codes. */
struct msf_column_3 {
  int32_t x0, x1, x2;

  msf_column_3(int32_t top, int32_t middle, int32_t bottom)
      : x0(top), x1(middle), x2(bottom) {}
};

/* The weights of one channel's 3x3 kernel, in registers. */
struct msf_weights_3x3 {
  int32_t w00, w01, w02, w10, w11, w12, w20, w21, w22;

  explicit msf_weights_3x3(const int8_t *w)
      : w00(w[0]),
        w01(w[1]),
        w02(w[2]),
        w10(w[3]),
        w11(w[4]),
        w12(w[5]),
        w20(w[6]),
        w21(w[7]),
        w22(w[8]) {}

  /* sum plus the products of a column and kernel column 0 and so on. */
  uint32_t add0(const msf_column_3 &x, uint32_t sum) const {
    return sum + (uint32_t)(x.x0 * w00 + x.x1 * w10 + x.x2 * w20);
  }
  uint32_t add1(const msf_column_3 &x, uint32_t sum) const {
    return sum + (uint32_t)(x.x0 * w01 + x.x1 * w11 + x.x2 * w21);
  }
  uint32_t add2(const msf_column_3 &x, uint32_t sum) const {
    return sum + (uint32_t)(x.x0 * w02 + x.x1 * w12 + x.x2 * w22);
  }
};

/* The weights of one channel's K x K kernel in the rows that exist. */
template <int K, int S>
struct msf_weights_kxk {
  const int8_t *w;
  const int8_t *const *input;
  int32_t rows;
  uint32_t padding[K]; /* what a column of padding adds to the sums */

  msf_weights_kxk(const int8_t *weights, const int8_t *const *from,
                  int32_t count, int32_t zero_point)
      : w(weights), input(from), rows(count) {
    for (int32_t k = 0; k < K; ++k) {
      int32_t sum = 0;
      for (int32_t i = k; i < rows * K; i += K) sum += w[i];
      padding[k] = (uint32_t)(sum * zero_point);
    }
  }

  /* Begins a window with the input column at byte `at` of its rows, and adds
   * the column to all sums. */
  template <int N>
  void begin(int32_t at, uint32_t start, msf_sweep_sums<N> *sums) const {
    sums->shift(start);
    add<0, N>(at, sums);
  }

  /* Adds a column to the first M sums, with the odd kernel columns. */
  template <int M, int N>
  void add_odd(int32_t at, msf_sweep_sums<N> *sums) const {
    add<1, M>(at, sums);
  }

  /* Adds a column to the first M sums, with every S-th kernel column from
   * kFirst on. */
  template <int kFirst, int M, int N>
  void add(int32_t at, msf_sweep_sums<N> *sums) const {
    msf_sweep_sums<N> s = *sums;
    const int8_t *from = w + kFirst;
    for (int32_t r = 0; r < rows; ++r) {
      const int32_t x = input[r][at];
      s.a0 += (uint32_t)(x * from[0]);
      s.a1 += (uint32_t)(x * from[S]);
      if constexpr (M > 2) s.a2 += (uint32_t)(x * from[2 * S]);
      if constexpr (M > 3) s.a3 += (uint32_t)(x * from[3 * S]);
      if constexpr (M > 4) s.a4 += (uint32_t)(x * from[4 * S]);
      if constexpr (M > 5) s.a5 += (uint32_t)(x * from[5 * S]);
      if constexpr (M > 6) s.a6 += (uint32_t)(x * from[6 * S]);
      from += K;
    }
    *sums = s;
  }
};

#endif /* MSF_SWEEP_BODY_H_ */
