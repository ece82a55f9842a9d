/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * What both convolution kernels share: how the sums of a pixel start, grow by
 * one kernel row, and end. C++ only. */
#ifndef MSF_CONV2D_S8_BODY_H_
#define MSF_CONV2D_S8_BODY_H_

#include "kernels/msf_conv2d_s8.h"
#include "kernels/msf_dot_s8.h"
#include "kernels/msf_window.h"
#include "msf_math.h"

static inline int32_t msf_conv2d_row_weights(const msf_conv2d_s8_params *p) {
  return p->kernel_w * p->in_c;
}

/* Weights of one output channel. */
static inline int32_t msf_conv2d_filter(const msf_conv2d_s8_params *p) {
  return p->kernel_h * msf_conv2d_row_weights(p);
}

/* Sum of one channel's weights whose taps fall on padding. */
static inline int32_t msf_conv2d_padding(const msf_conv2d_s8_params *p,
                                         const msf_pixel *pixel,
                                         const int8_t *w) {
  const int32_t left = pixel->columns.first * p->in_c;
  const int32_t right = pixel->columns.last * p->in_c;
  const int32_t row_weights = msf_conv2d_row_weights(p);
  int32_t sum = 0;
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
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

/* sums[i] of channels [o, o + n) before any tap inside the input. Out of
 * line, so that it does not crowd the registers of the inner loops. */
__attribute__((noinline)) static void msf_conv2d_start(
    const msf_conv2d_s8_params *p, const msf_pixel *pixel, int32_t o, int32_t n,
    int32_t *sums) {
  const bool complete =
      pixel->rows.first == 0 && pixel->rows.last == p->kernel_h &&
      pixel->columns.first == 0 && pixel->columns.last == p->kernel_w;
  const int32_t filter = msf_conv2d_filter(p);
  for (const int32_t end = o + n; o < end; ++o) {
    int32_t sum = p->bias[o];
    if (!complete) {
      const int32_t padding =
          msf_conv2d_padding(p, pixel, p->weights + o * filter);
      sum = msf_add_wrap(sum, p->input_zero_point * padding);
    }
    *sums++ = sum;
  }
}

/* The taps inside of one kernel row as dot products. Without dilation
 * neighbouring taps are neighbours in memory: one long product. */
typedef struct msf_conv2d_runs {
  int32_t count;
  int32_t length;
  int32_t x_step; /* from one run's input to the next */
} msf_conv2d_runs;

static inline msf_conv2d_runs msf_conv2d_runs_of(const msf_conv2d_s8_params *p,
                                                 const msf_pixel *pixel) {
  const int32_t taps = pixel->columns.last - pixel->columns.first;
  msf_conv2d_runs runs = {1, taps * p->in_c, 0};
  if (p->dilation_w > 1) {
    runs.count = taps;
    runs.length = p->in_c;
    runs.x_step = p->dilation_w * p->in_c;
  }
  return runs;
}

/* Adds one kernel row to N accumulators. `x` is the first tap inside, `w` its
 * weights in the first channel. */
template <int N>
static inline void msf_conv2d_add_row(msf_conv2d_runs runs, const int8_t *x,
                                      const int8_t *w, int32_t filter,
                                      int32_t *acc) {
  for (; runs.count > 0; --runs.count) {
    msf_dot_s8<N>(x, w, filter, runs.length, acc);
    x += runs.x_step;
    w += runs.length;
  }
}

#endif /* MSF_CONV2D_S8_BODY_H_ */
