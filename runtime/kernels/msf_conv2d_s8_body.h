/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * What both convolution kernels share: the windows of one or two output
 * pixels, cut into pieces that are multiplied with the weights of all
 * channels. C++ only.
 *
 * A *run* is a group of taps of a kernel row whose input bytes lie behind each
 * other: the whole row, or, with dilation, one tap. A run inside the input is
 * read where it lies; short ones, and those that reach over the edge, are
 * collected in a stage first, with the zero point where there is padding. So
 * no product has to know about edges. */
#ifndef MSF_CONV2D_S8_BODY_H_
#define MSF_CONV2D_S8_BODY_H_

#include "kernels/msf_conv2d_s8.h"
#include "kernels/msf_dot_s8.h"
#include "kernels/msf_pair_s8.h"
#include "kernels/msf_window.h"
#include "msf_math.h"

#define MSF_CONV2D_SHORT_RUN 32 /* bytes; shorter runs are collected */

typedef struct msf_conv2d_window {
  const msf_conv2d_s8_params *p;
  int32_t taps;        /* of a run */
  int32_t runs;        /* of a kernel row */
  int32_t run;         /* input bytes of a run */
  int32_t run_weights; /* its weights: as many, rounded up to words */
  int32_t filter;      /* weights of one channel */
  int32_t in_place;    /* runs inside the input need no stage */
  int32_t pixels;      /* 1 or 2 */
  int32_t next;        /* bytes from one pixel's window to the next one's */
  int32_t left;        /* input column where the first window begins */
  int32_t inside;      /* all columns of all windows exist */
  int32_t channels;    /* to multiply with */
  int32_t *sums;       /* [channels], or [2][MSF_PAIR_CHANNELS] */
  int32_t staged;      /* bytes of each pixel in the stage */
  const int8_t *staged_weights; /* of the first of them */
  uint32_t stage[2][MSF_PAIR_BYTES / 4];
} msf_conv2d_window;

static inline void msf_conv2d_begin(msf_conv2d_window *window,
                                    const msf_conv2d_s8_params *p) {
  window->p = p;
  window->taps = p->dilation_w == 1 ? p->kernel_w : 1;
  window->runs = p->dilation_w == 1 ? 1 : p->kernel_w;
  window->run = window->taps * p->in_c;
  window->run_weights = (window->run + 3) & ~3;
  window->filter = p->kernel_h * window->runs * window->run_weights;
  window->in_place =
      window->run == window->run_weights &&
      (window->run >= MSF_CONV2D_SHORT_RUN || window->filter == window->run);
  window->next = p->stride_w * p->in_c;
  window->staged = 0;
}

/* The window of `pixels` pixels from input column `left` on. */
static inline void msf_conv2d_to_column(msf_conv2d_window *window, int32_t left,
                                        int32_t pixels) {
  const msf_conv2d_s8_params *p = window->p;
  const int32_t last = left + (pixels - 1) * p->stride_w;
  window->pixels = pixels;
  window->left = left;
  window->inside =
      left >= 0 && last + (p->kernel_w - 1) * p->dilation_w < p->in_w;
}

/* Adds the products of `bytes` bytes of each pixel, of which the second one's
 * lie `next` bytes on. `w` are their weights in the first channel. */
__attribute__((noinline)) static void msf_conv2d_multiply(
    const msf_conv2d_window *window, const int8_t *x, int32_t next,
    int32_t bytes, const int8_t *w) {
  if (window->pixels == 2) {
    msf_pair_s8(x, x + next, bytes, w, window->filter, window->channels,
                window->sums);
  } else {
    msf_dots_s8(x, bytes, w, window->filter, window->channels, window->sums);
  }
}

static inline void msf_conv2d_flush(msf_conv2d_window *window) {
  if (window->staged == 0) return;
  msf_conv2d_multiply(window, (const int8_t *)window->stage, MSF_PAIR_BYTES,
                      window->staged, window->staged_weights);
  window->staged = 0;
}

/* Bytes [k, k + n) of the run whose first tap is at `column` of `row`; a null
 * row is padding. */
__attribute__((noinline)) static void msf_conv2d_stage(
    const msf_conv2d_window *window, const int8_t *row, int32_t column,
    int32_t k, int32_t n, int8_t *to) {
  const msf_conv2d_s8_params *p = window->p;
  const msf_taps taps =
      msf_taps_inside(column, window->taps, 1, row == nullptr ? 0 : p->in_w);
  const int8_t zero = (int8_t)p->input_zero_point;
  const int32_t end = k + n;
  const int32_t first = msf_min(taps.first * p->in_c, end);
  const int32_t last = msf_min(taps.last * p->in_c, end);
  for (; k < first; ++k) *to++ = zero;
  if (k < last) {
    msf_copy_s8(to, row + column * p->in_c + k, last - k);
    to += last - k;
    k = last;
  }
  for (; k < end; ++k) *to++ = zero;
}

/* Adds the run whose first tap is at `column` of `row`. */
static inline void msf_conv2d_add_run(msf_conv2d_window *window,
                                      const int8_t *row, int32_t column,
                                      const int8_t *w) {
  const msf_conv2d_s8_params *p = window->p;
  int32_t k = 0;
  if (window->in_place && window->inside && row != nullptr) {
    const int8_t *x = row + column * p->in_c;
    for (; k < window->run; k += MSF_PAIR_BYTES) {
      const int32_t bytes = msf_min(window->run - k, MSF_PAIR_BYTES);
      msf_conv2d_multiply(window, x + k, window->next, bytes, w + k);
    }
    return;
  }
  while (k < window->run_weights) {
    const int32_t bytes = msf_min(window->run_weights - k, MSF_PAIR_BYTES);
    if (window->staged + bytes > MSF_PAIR_BYTES) msf_conv2d_flush(window);
    if (window->staged == 0) window->staged_weights = w + k;
    int8_t *to = (int8_t *)window->stage + window->staged;
    msf_conv2d_stage(window, row, column, k, bytes, to);
    if (window->pixels == 2) {
      msf_conv2d_stage(window, row, column + p->stride_w, k, bytes,
                       to + MSF_PAIR_BYTES);
    }
    window->staged += bytes;
    k += bytes;
  }
}

/* Adds a kernel row whose weights in the first channel are `w`. Products of
 * staged bytes may wait until msf_conv2d_flush(). */
static inline void msf_conv2d_add_row(msf_conv2d_window *window,
                                      const int8_t *row, const int8_t *w) {
  int32_t column = window->left;
  for (int32_t runs = window->runs; runs > 0; --runs) {
    msf_conv2d_add_run(window, row, column, w);
    column += window->p->dilation_w;
    w += window->run_weights;
  }
}

#endif /* MSF_CONV2D_S8_BODY_H_ */
