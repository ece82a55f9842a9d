/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * What both convolution kernels share: one output pixel, how its sums start
 * and how they grow by one kernel row. C++ only. */
#ifndef MSF_CONV2D_S8_BODY_H_
#define MSF_CONV2D_S8_BODY_H_

#include "kernels/msf_conv2d_s8.h"
#include "kernels/msf_dot_s8.h"
#include "kernels/msf_window.h"
#include "msf_math.h"

/* An output pixel, with what its channels share worked out once. */
typedef struct msf_conv2d_pixel {
  const msf_conv2d_s8_params *p;
  int32_t row_weights; /* weights of a kernel row of one channel */
  int32_t filter;      /* weights of one channel */
  msf_taps rows;
  msf_taps columns;
  int32_t complete; /* no tap falls on padding */
  int32_t x;        /* from the start of a row to the first tap inside */
  int32_t w;        /* from a kernel row's weights to those of that tap */
  /* The taps inside of one row as dot products. Without dilation neighbouring
   * taps are neighbours in memory: one long product. */
  int32_t runs;
  int32_t run_length;
  int32_t x_step; /* from one run's input to the next */
} msf_conv2d_pixel;

/* Any pixel of the output row whose window starts at input row `top`. */
static inline void msf_conv2d_begin_row(msf_conv2d_pixel *pixel,
                                        const msf_conv2d_s8_params *p,
                                        int32_t top, int32_t in_h) {
  pixel->p = p;
  pixel->row_weights = p->kernel_w * p->in_c;
  pixel->filter = p->kernel_h * pixel->row_weights;
  pixel->rows = msf_taps_inside(top, p->kernel_h, p->dilation_h, in_h);
}

/* The pixel whose window starts at input column `left`. Out of line, as all
 * that happens once a pixel: it keeps the stack flat. */
__attribute__((noinline)) static void msf_conv2d_to_column(
    msf_conv2d_pixel *pixel, int32_t left) {
  const msf_conv2d_s8_params *p = pixel->p;
  const msf_taps taps =
      msf_taps_inside(left, p->kernel_w, p->dilation_w, p->in_w);
  const int32_t count = taps.last - taps.first;
  pixel->columns = taps;
  pixel->complete = count == p->kernel_w &&
                    pixel->rows.last - pixel->rows.first == p->kernel_h;
  pixel->x = count > 0 ? (left + taps.first * p->dilation_w) * p->in_c : 0;
  pixel->w = taps.first * p->in_c;
  pixel->runs = p->dilation_w == 1 ? 1 : count;
  pixel->run_length = p->dilation_w == 1 ? count * p->in_c : p->in_c;
  pixel->x_step = p->dilation_w * p->in_c;
}

/* Sum of one channel's weights whose taps fall on padding. */
static inline int32_t msf_conv2d_padding(const msf_conv2d_pixel *pixel,
                                         const int8_t *w) {
  const int32_t in_c = pixel->p->in_c;
  const int32_t left = pixel->columns.first * in_c;
  const int32_t right = pixel->columns.last * in_c;
  const int32_t row_weights = pixel->row_weights;
  int32_t sum = 0;
  for (int32_t ky = 0; ky < pixel->p->kernel_h; ++ky) {
    const bool inside = ky >= pixel->rows.first && ky < pixel->rows.last;
    const int32_t gap = inside ? left : row_weights;
    for (int32_t k = 0; k < gap; ++k) sum += w[k];
    if (inside) {
      for (int32_t k = right; k < row_weights; ++k) sum += w[k];
    }
    w += row_weights;
  }
  return sum;
}

/* sums[i] of channels [o, o + n) before any tap inside. Out of line: rare. */
__attribute__((noinline)) static void msf_conv2d_start(
    const msf_conv2d_pixel *pixel, int32_t o, int32_t n, int32_t *sums) {
  const msf_conv2d_s8_params *p = pixel->p;
  for (const int32_t end = o + n; o < end; ++o) {
    int32_t sum = p->bias[o];
    if (!pixel->complete) {
      const int32_t padding =
          msf_conv2d_padding(pixel, p->weights + o * pixel->filter);
      sum = msf_add_wrap(sum, p->input_zero_point * padding);
    }
    *sums++ = sum;
  }
}

/* Adds one kernel row to the sums of N channels. `x` is the first tap inside,
 * `w` its weights in the first channel. */
template <int N>
static inline void msf_conv2d_add_row(const msf_conv2d_pixel *pixel,
                                      const int8_t *x, const int8_t *w,
                                      msf_sums<N> *sums) {
  for (int32_t runs = pixel->runs; runs > 0; --runs) {
    msf_dot_s8<N>(x, w, pixel->filter, pixel->run_length, sums);
    x += pixel->x_step;
    w += pixel->run_length;
  }
}

#endif /* MSF_CONV2D_S8_BODY_H_ */
