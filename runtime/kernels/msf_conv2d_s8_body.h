/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * What both convolution kernels share: the windows of one or two output
 * pixels, which are collected in an operand, with the zero point where there
 * is padding, and multiplied with the weights when it is full. So no product
 * has to know about edges. C++ only.
 *
 * A *run* is a group of taps of a kernel row whose input bytes lie behind each
 * other: the whole row, or, with dilation, one tap. */
#ifndef MSF_CONV2D_S8_BODY_H_
#define MSF_CONV2D_S8_BODY_H_

/* Few windows that come here fit into one operand, so a short one serves as
 * well, and takes less stack. */
#define MSF_PAIR_WORDS 12
#define msf_pair_operand msf_conv2d_operand

#include "kernels/msf_conv2d_s8.h"
#include "kernels/msf_pair_s8.h"
#include "kernels/msf_window.h"
#include "msf_math.h"

typedef struct msf_conv2d_window {
  const msf_conv2d_s8_params *p;
  int32_t taps;               /* of a run */
  int32_t runs;               /* of a kernel row */
  int32_t words;              /* of a run, the last one filled up */
  int32_t filter;             /* weights of one channel */
  int32_t left[2];            /* input columns where the windows begin */
  int32_t channels;           /* to multiply with */
  int32_t *sums;              /* [channels], or [2][MSF_PAIR_CHANNELS] */
  int8_t pixels;              /* 1 or 2 */
  int8_t inside;              /* these are two windows without padding */
  int8_t collected;           /* words of a pixel in x */
  const int8_t *first_weight; /* of them, in the first channel */
  union {
    msf_pair_operand both;          /* of two pixels */
    int8_t one[4 * MSF_PAIR_WORDS]; /* of one, the bytes as they are */
  } x;
} msf_conv2d_window;

static inline void msf_conv2d_begin(msf_conv2d_window *window,
                                    const msf_conv2d_s8_params *p) {
  window->p = p;
  window->taps = p->dilation_w == 1 ? p->kernel_w : 1;
  window->runs = p->dilation_w == 1 ? 1 : p->kernel_w;
  window->words = (window->taps * p->in_c + 3) / 4;
  window->filter = 4 * p->kernel_h * window->runs * window->words;
  window->collected = 0;
}

/* `pixels` windows, from input columns `left` and `other` on. */
static inline void msf_conv2d_to_columns(msf_conv2d_window *window,
                                         int32_t left, int32_t other,
                                         int32_t pixels) {
  const msf_conv2d_s8_params *p = window->p;
  const int32_t end = p->in_w - (p->kernel_w - 1) * p->dilation_w;
  window->pixels = (int8_t)pixels;
  window->left[0] = left;
  window->left[1] = other;
  window->inside =
      pixels == 2 && left >= 0 && other >= 0 && left < end && other < end;
}

/* Adds the products of what is collected. */
static inline void msf_conv2d_multiply(
    const msf_conv2d_window *window) {
  const int8_t *w = window->first_weight;
  const int32_t words = window->collected;
  if (window->pixels == 2) {
    msf_pair_multiply(&window->x.both, words, w, window->filter,
                      window->channels, window->sums);
  } else {
    msf_dots_s8(window->x.one, 4 * words, w, window->filter, window->channels,
                window->sums);
  }
}

/* Words from `from` on, each `step` bytes after the other, for one pixel. */
static inline void msf_conv2d_put(msf_conv2d_window *window, int32_t pixel,
                                  int32_t at, const int8_t *from, int32_t step,
                                  int32_t words) {
  if (window->pixels == 2) {
    msf_pair_put(&window->x.both, pixel, at, from, step, words);
    return;
  }
  int8_t *to = window->x.one + 4 * at;
  for (; words > 0; --words) {
    __builtin_memcpy(to, from, 4);
    to += 4;
    from += step;
  }
}

/* Words [k / 4, k / 4 + words) of the run whose first tap is at `column` of
 * `row`, where null is a row of padding. */
__attribute__((noinline)) static void msf_conv2d_put_run(
    msf_conv2d_window *window, int32_t pixel, const int8_t *row, int32_t column,
    int32_t k, int32_t words) {
  const int32_t in_c = window->p->in_c;
  const int32_t in_w = row == nullptr ? 0 : window->p->in_w;
  const msf_taps taps = msf_taps_inside(column, window->taps, 1, in_w);
  const int32_t first = taps.first * in_c;
  const int32_t last = taps.last * in_c;
  const int32_t offset = column * in_c; /* of the run in the row */
  int32_t at = window->collected;
  for (const int32_t end = at + words; at < end;) {
    const int8_t zero = (int8_t)window->p->input_zero_point;
    int8_t word[4] = {zero, zero, zero, zero};
    const int8_t *from = word;
    int32_t step = 0;
    int32_t count = end - at;
    if (k >= first && k + 4 <= last) { /* all inside */
      from = row + (offset + k);
      step = 4;
      count = msf_min(count, (last - k) >> 2);
    } else if (k < last && k + 4 > first) { /* over an edge */
      for (int32_t i = 0; i < 4; ++i) {
        const int32_t byte = k + i;
        if (byte >= first && byte < last) word[i] = row[offset + byte];
      }
      count = 1;
    } else if (k < first) {
      count = msf_min(count, (first - k) >> 2);
    }
    msf_conv2d_put(window, pixel, at, from, step, count);
    at += count;
    k += 4 * count;
  }
}

/* Words [k / 4, k / 4 + words) of the runs at x0 and x1, which lie inside. */
static inline void msf_conv2d_put_both(msf_conv2d_window *window,
                                       const int8_t *x0, const int8_t *x1,
                                       int32_t k, int32_t words) {
  const int32_t left = window->taps * window->p->in_c - k;
  const int32_t whole = msf_min(words, left >> 2);
  msf_pair_put_both(&window->x.both, window->collected, x0 + k, x1 + k, whole);
  if (whole == words) return;
  k += 4 * whole;
  for (int32_t pixel = 0; pixel < 2; ++pixel) {
    const int8_t *x = pixel == 0 ? x0 + k : x1 + k;
    int8_t word[4] = {0, 0, 0, 0};
    for (int32_t i = 0; i < (left & 3); ++i) word[i] = x[i];
    msf_pair_put(&window->x.both, pixel, window->collected + whole, word, 0, 1);
  }
}

/* Collects the runs whose first taps are `column` columns right of the windows'
 * left edges, in row0 and row1. */
static inline void msf_conv2d_add_run(msf_conv2d_window *window,
                                      const int8_t *row0, const int8_t *row1,
                                      int32_t column, const int8_t *w) {
  const int32_t in_c = window->p->in_c;
  const int32_t column0 = window->left[0] + column;
  const int32_t column1 = window->left[1] + column;
  const bool inside =
      window->inside && row0 != nullptr && row1 != nullptr;
  for (int32_t done = 0; done < window->words;) {
    if (window->collected == MSF_PAIR_WORDS) {
      msf_conv2d_multiply(window);
      window->collected = 0;
    }
    const int32_t words =
        msf_min(window->words - done, MSF_PAIR_WORDS - window->collected);
    if (window->collected == 0) window->first_weight = w + 4 * done;
    if (inside) {
      msf_conv2d_put_both(window, row0 + column0 * in_c, row1 + column1 * in_c,
                          4 * done, words);
    } else {
      msf_conv2d_put_run(window, 0, row0, column0, 4 * done, words);
      if (window->pixels == 2) {
        msf_conv2d_put_run(window, 1, row1, column1, 4 * done, words);
      }
    }
    window->collected = (int8_t)(window->collected + words);
    done += words;
  }
}

/* Collects a kernel row, which lies on row0 in the first window and on row1 in
 * the second, and whose weights in the first channel are `w`; products
 * of what fills the operand are added, those of the rest are not yet. */
static inline void msf_conv2d_add_row(msf_conv2d_window *window,
                                      const int8_t *row0, const int8_t *row1,
                                      const int8_t *w) {
  int32_t column = 0;
  for (int32_t runs = window->runs; runs > 0; --runs) {
    msf_conv2d_add_run(window, row0, row1, column, w);
    column += window->p->dilation_w;
    w += 4 * window->words;
  }
}

#endif /* MSF_CONV2D_S8_BODY_H_ */
