/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_tap_pixels in plain C++. */
#ifndef MSF_TAP_ROWS_BODY_H_
#define MSF_TAP_ROWS_BODY_H_

/* A window into the operand. What is behind its rows' last bytes becomes zero.
 */
static inline void msf_put_window(const msf_two_windows *windows,
                                  const int8_t *const *rows, int32_t at,
                                  int8_t *to) {
  const int32_t bytes = 4 * windows->words + windows->rest;
  for (int32_t ky = windows->kernel_h; ky > 0; --ky) {
    const int8_t *from = *rows + at;
    for (const int8_t *const end = from + bytes; from != end;) *to++ = *from++;
    for (int32_t i = bytes; (i & 3) != 0; ++i) *to++ = 0;
    rows += windows->dilation;
  }
}

/* Both windows into the operand. */
__attribute__((noinline)) static void msf_put_windows(
    const msf_two_windows *windows, msf_pair_operand *x) {
  msf_put_window(windows, windows->rows_a, windows->at_a, x->bytes[0]);
  msf_put_window(windows, windows->rows_b, windows->at_b, x->bytes[1]);
}

/* The code of a sum of the convolution. */
static inline int32_t msf_tap_code(uint32_t sum, int32_t multiplier,
                                   int32_t right, int32_t codes) {
  return msf_saturate_s8(
      msf_simple_requantize((int32_t)sum, multiplier, -1 - right, codes));
}

/* Sums of a pixel in two channels of the convolution. */
typedef struct msf_two_sums {
  uint32_t c0, c1;
} msf_two_sums;

static inline void msf_tap_step(int32_t x, const int8_t *w, msf_two_sums *s) {
  s->c0 += (uint32_t)(x * w[0]);
  s->c1 += (uint32_t)(x * w[4]);
}

/* The products of a word; written out because -O2 does not unroll. */
static inline void msf_tap_word(const int8_t *x, const int8_t *w,
                                msf_two_sums *s) {
  msf_tap_step(x[0], w, s);
  msf_tap_step(x[1], w + 1, s);
  msf_tap_step(x[2], w + 2, s);
  msf_tap_step(x[3], w + 3, s);
}

/* Adds the products of the first pixel of a 1x1 convolution with 4 * `words`
 * channels of input, which is read where it lies. `rows` are those of the
 * channels, as in msf_conv2d_depthwise_s8.h. */
__attribute__((noinline)) static void msf_tap_pixel(
    const int32_t *rows, int32_t words, const msf_taps_of_two *taps) {
  const int8_t *w_a = taps->w_a;
  const int32_t codes = taps->codes;
  for (int32_t *sums = taps->sums; sums != taps->end; sums += 2) {
    msf_two_sums a = {(uint32_t)rows[0], (uint32_t)rows[1]};
    const int8_t *w = (const int8_t *)(rows + 2);
    const int8_t *x_a = taps->x_a;
    for (const int8_t *const end = x_a + 4 * words; x_a != end; x_a += 4) {
      msf_tap_word(x_a, w, &a);
      w += 8;
    }
    rows = (const int32_t *)(const void *)w;
    const int8_t *right = (const int8_t *)(rows + 2);
    sums[0] = msf_add_wrap(
        sums[0], msf_tap_code(a.c0, rows[0], right[0], codes) * w_a[0]);
    sums[1] = msf_add_wrap(
        sums[1], msf_tap_code(a.c1, rows[1], right[1], codes) * w_a[1]);
    rows += 3;
    w_a += 2;
  }
}

#if defined(MSF_FEW_REGISTERS)

/* The same for both pixels. */
static inline void msf_tap_pixels(const int32_t *rows, int32_t words,
                                  msf_taps_of_two *taps) {
  msf_tap_pixel(rows, words, taps);
  taps->x_a = taps->x_b;
  taps->w_a = taps->w_b;
  msf_tap_pixel(rows, words, taps);
}

#else

/* The same for both pixels. */
__attribute__((noinline)) static void msf_tap_pixels(
    const int32_t *rows, int32_t words, const msf_taps_of_two *taps) {
  const int8_t *w_a = taps->w_a;
  const int8_t *w_b = taps->w_b;
  const int32_t codes = taps->codes;
  for (int32_t *sums = taps->sums; sums != taps->end; sums += 2) {
    msf_two_sums a = {(uint32_t)rows[0], (uint32_t)rows[1]};
    msf_two_sums b = a;
    const int8_t *w = (const int8_t *)(rows + 2);
    const int8_t *x_a = taps->x_a;
    const int8_t *x_b = taps->x_b;
    for (const int8_t *const end = x_a + 4 * words; x_a != end; x_a += 4) {
      msf_tap_word(x_a, w, &a);
      msf_tap_word(x_b, w, &b);
      x_b += 4;
      w += 8;
    }
    rows = (const int32_t *)(const void *)w;
    const int8_t *right = (const int8_t *)(rows + 2);
    sums[0] = msf_add_wrap(
        sums[0], msf_tap_code(a.c0, rows[0], right[0], codes) * w_a[0] +
                     msf_tap_code(b.c0, rows[0], right[0], codes) * w_b[0]);
    sums[1] = msf_add_wrap(
        sums[1], msf_tap_code(a.c1, rows[1], right[1], codes) * w_a[1] +
                     msf_tap_code(b.c1, rows[1], right[1], codes) * w_b[1]);
    rows += 3;
    w_a += 2;
    w_b += 2;
  }
}

#endif

#endif /* MSF_TAP_ROWS_BODY_H_ */
