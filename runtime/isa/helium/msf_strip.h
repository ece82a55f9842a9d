/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Windows of depthwise convolutions for Helium, of four channels and a few
 * output pixels. They lie in a *strip*, with the zero point where there are
 * columns of padding, transposed so that four kernel rows of a channel are a
 * word:
 *
 *   column 0: channel 0 | 1 | 2 | 3,  column 1: channel 0 | 1 | 2 | 3,  ...
 *             each k0 k1 k2 k3: codes of rows 0 to 3
 *
 * A gather of four words, one from each of four columns, is then a *square* of
 * up to 4 x 4 taps of a window, and VMLADAVA multiplies them at once. Rows 4 to
 * 7 of a larger kernel are the strip's turn when rows 0 to 3 have been added.
 * C++ only. */
#ifndef MSF_STRIP_HELIUM_H_
#define MSF_STRIP_HELIUM_H_

#include "isa/helium/msf_vectors.h"
#include "kernels/msf_window.h"
#include "msf_math.h"
#include "msf_runtime.h"

/* From a number on, four that lie `step` apart. */
static inline uint32x4_t msf_count_by(uint32_t from, uint32_t step) {
  return vaddq_n_u32(vmulq_n_u32(vidupq_n_u32(0, 1), step), from);
}

/* Strips of a kernel of K x K taps. */
template <int K>
struct msf_strip {
  static constexpr int kQuads = (K + 3) / 4; /* of rows; also of columns */
  static constexpr int kMostOutputs = K == 3 ? 6 : 4;
  /* That windows read; columns are written by fours, from any one on. */
  static constexpr int kColumns = kMostOutputs - 1 + (K == 3 ? 3 : 8);

  alignas(8) int8_t codes[16 * (kColumns + 3)];
  alignas(8) int32_t sums[4][kMostOutputs];
  int32_t outside[4]; /* what kernel rows on padding add to the sums */
};

/* Where an order has the weights of a K x K kernel: those of channel i and of
 * tap t are kOrder::tap(t, i) + kOrder::channel(i) bytes behind the first, and
 * tap(t, i) is the same for channels of one table. A square's byte 4 * column +
 * row is one of its taps. */
template <int K, typename Order>
struct msf_squares {
  static constexpr int kQuads = msf_strip<K>::kQuads;
  static constexpr int kSquares = kQuads * kQuads;

  uint8_t taps[Order::kTables][kSquares][16] = {};
  uint16_t here[kSquares] = {}; /* bytes that are taps */

  constexpr msf_squares() {
    for (int y = 0; y < K; ++y) {
      for (int x = 0; x < K; ++x) {
        const int square = y / 4 * kQuads + x / 4;
        const int byte = 4 * (x % 4) + y % 4;
        here[square] = (uint16_t)(here[square] | 1u << byte);
        for (int i = 0; i < Order::kTables; ++i) {
          taps[i][square][byte] = (uint8_t)Order::tap(y * K + x, i);
        }
      }
    }
  }
};

template <int K, typename Order>
inline constexpr msf_squares<K, Order> msf_squares_of;

/* An output row. */
typedef struct msf_strip_row {
  /* Input rows under the kernel, from column 0. In place of a row of padding
   * one that exists: it weighs nothing. */
  const int8_t *rows[8];
  uint32_t inside; /* bit ky: that kernel row is no padding */
  int32_t aligned; /* all words of the rows are */
  int32_t in_w;
  int32_t in_c;
  int32_t out_step; /* bytes from one output pixel to the next */
  int32_t dilation; /* of columns */
  int32_t zero_point;
  int32_t c;        /* the four channels at work */
  int32_t channels; /* how many there are of them */
} msf_strip_row;

/* What becomes of the sums of the four channels. */
typedef struct msf_strip_scales {
  const int32_t *bias;
  const int32_t *multiplier;
  const int8_t *shift;
  const int32_t *range; /* output zero point, least and largest code */
  int8_t step;          /* 0: one scale for all channels */
  int8_t is_simple;
} msf_strip_scales;

/* The kernel rows whose first is at input row `y`. */
static inline void msf_find_rows(msf_strip_row *s, const msf_view *in,
                                 int32_t kernel, int32_t y, int32_t dilation) {
  const int8_t *any = nullptr;
  uintptr_t bits = (uintptr_t)s->in_c;
  s->inside = 0;
  for (int32_t ky = 0; ky < kernel; ++ky, y += dilation) {
    s->rows[ky] = nullptr;
    if (y < 0 || y >= in->rows) continue;
    any = (const int8_t *)msf_row(in, y);
    s->rows[ky] = any;
    s->inside |= 1u << ky;
    bits |= (uintptr_t)any;
  }
  for (int32_t ky = 0; ky < kernel; ++ky) {
    if (s->rows[ky] == nullptr) s->rows[ky] = any;
  }
  s->aligned = (bits & 3) == 0;
}

/* Fills a strip with `count` > 0 input columns of kRows rows; `from` is the
 * first byte in each. */
template <int kRows>
static inline void msf_fill_words(const int8_t *const *rows, int32_t from,
                                  int32_t step, int32_t count, int8_t *to) {
  uint32x4_t steps = msf_count_by((uint32_t)from, (uint32_t)step);
  const int8_t *row1 = rows[kRows > 1 ? 1 : 0];
  const int8_t *row2 = rows[kRows > 2 ? 2 : 0];
  const int8_t *row3 = rows[kRows > 3 ? 3 : 0];
  /* What is in the words of the other rows weighs nothing. Compilers cannot be
   * told that the predicate changes: it is put back. */
  uint32_t predicate;
  __asm__ volatile(
      "vmrs %[predicate], p0\n\t"
      "dls lr, %[turns]\n"
      "1:\n\t"
      "vctp.32 %[count]\n\t"
      ".if %c[rows] == 1\n\t"
      "vpst\n\t"
      "vldrwt.u32 q0, [%[row0], %q[steps]]\n\t"
      ".elseif %c[rows] == 3\n\t"
      "vpsttt\n\t"
      "vldrwt.u32 q0, [%[row0], %q[steps]]\n\t"
      "vldrwt.u32 q1, [%[row1], %q[steps]]\n\t"
      "vldrwt.u32 q2, [%[row2], %q[steps]]\n\t"
      ".else\n\t"
      "vpstttt\n\t"
      "vldrwt.u32 q0, [%[row0], %q[steps]]\n\t"
      "vldrwt.u32 q1, [%[row1], %q[steps]]\n\t"
      "vldrwt.u32 q2, [%[row2], %q[steps]]\n\t"
      "vldrwt.u32 q3, [%[row3], %q[steps]]\n\t"
      ".endif\n\t"
      "vst40.8 {q0, q1, q2, q3}, [%[to]]\n\t"
      "vst41.8 {q0, q1, q2, q3}, [%[to]]\n\t"
      "vst42.8 {q0, q1, q2, q3}, [%[to]]\n\t"
      "vst43.8 {q0, q1, q2, q3}, [%[to]]!\n\t"
      "vadd.i32 %q[steps], %q[steps], %[next]\n\t"
      "sub %[count], %[count], #4\n\t"
      "le lr, 1b\n\t"
      "vmsr p0, %[predicate]"
      : [to] "+r"(to), [count] "+r"(count), [steps] "+w"(steps),
        [predicate] "=&r"(predicate)
      : [turns] "r"((count + 3) >> 2), [next] "r"(4 * step),
        [row0] "r"(rows[0]), [row1] "r"(row1), [row2] "r"(row2),
        [row3] "r"(row3), [rows] "i"(kRows)
      : "lr", "q0", "q1", "q2", "q3", "memory");
}

/* The same byte by byte, where channels are no words. */
__attribute__((noinline)) static void msf_fill_bytewise(
    const msf_strip_row *s, const int8_t *const *rows, int32_t kernel_rows,
    int32_t from, int32_t count, int8_t *to) {
  for (; count > 0; --count) {
    for (int32_t i = 0; i < s->channels; ++i) {
      for (int32_t y = 0; y < msf_min(kernel_rows, 4); ++y) {
        to[4 * i + y] = rows[y][from + i];
      }
    }
    from += s->dilation * s->in_c;
    to += 16;
  }
}

/* Kernel rows 4q and on of `count` columns, the first one is input column
 * `column`; some may be padding. */
template <int K>
__attribute__((noinline)) static void msf_fill_strip(const msf_strip_row *s,
                                                     int q, int32_t column,
                                                     int32_t count,
                                                     int8_t *codes) {
  if (s->inside == 0) return; /* nothing weighs */
  const int32_t dilation = s->dilation;
  msf_taps taps = {0, count};
  if (column < 0 || column + (count - 1) * dilation >= s->in_w) {
    taps = msf_taps_inside(column, count, dilation, s->in_w);
  }
  const int32_t inside = taps.last - taps.first;
  const int32_t step = dilation * s->in_c;
  const int32_t from = column * s->in_c + taps.first * step + s->c;
  const int8_t *const *rows = s->rows + 4 * q;
  int8_t *to = codes + 16 * taps.first;
  if (inside > 0) {
    if (!s->aligned) {
      msf_fill_bytewise(s, rows, K - 4 * q, from, inside, to);
    } else if (q == 0) {
      msf_fill_words<K == 3 ? 3 : 4>(rows, from, step, inside, to);
    } else {
      msf_fill_words<K == 5 ? 1 : 3>(rows, from, step, inside, to);
    }
  }
  msf_fill_bytes(codes, (int8_t)s->zero_point, 16 * taps.first);
  msf_fill_bytes(to + 16 * inside, (int8_t)s->zero_point,
                 16 * (count - taps.last));
}

/* The weights of a square of channel i, in the rows of which bit y of `inside`
 * is set; `weights` are those of channel 0. */
template <int K, typename Order>
static inline int8x16_t msf_load_square(uint32_t inside, const int8_t *weights,
                                        int32_t i, int square) {
  constexpr auto &squares = msf_squares_of<K, Order>;
  const uint32_t rows =
      ((inside >> (square / msf_strip<K>::kQuads * 4)) & 15) * 0x1111;
  const auto &taps = squares.taps[Order::kTables == 1 ? 0 : i >> 1];
  return vldrbq_gather_offset_z_s8(
      weights + Order::channel(i), vldrbq_u8(taps[square]),
      (mve_pred16_t)(squares.here[square] & rows));
}

/* What kernel rows on padding add to the sums of each channel. */
template <int K, typename Order>
__attribute__((noinline)) static void msf_sum_outside(const msf_strip_row *s,
                                                      const int8_t *weights,
                                                      int32_t *sums) {
  constexpr int kSquares = msf_squares<K, Order>::kSquares;
  const int8x16_t zero = vdupq_n_s8((int8_t)s->zero_point);
  for (int32_t i = 0; i < s->channels; ++i) {
    int32_t sum = 0;
    for (int n = 0; n < kSquares; ++n) {
      const int8x16_t w =
          msf_load_square<K, Order>(~s->inside, weights, i, n);
      sum = vmladavaq_s8(sum, w, zero);
    }
    sums[i] = sum;
  }
}

#endif /* MSF_STRIP_HELIUM_H_ */
