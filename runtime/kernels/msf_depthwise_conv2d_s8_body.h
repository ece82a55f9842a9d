/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * What both depthwise kernels share: one output pixel, how its sums start and
 * how they grow by one kernel row. C++ only; a twin for an instruction set
 * replaces msf_taps_s8. */
#ifndef MSF_DEPTHWISE_CONV2D_S8_BODY_H_
#define MSF_DEPTHWISE_CONV2D_S8_BODY_H_

#include "kernels/msf_depthwise_conv2d_s8.h"
#include "kernels/msf_dot_s8.h"
#include "kernels/msf_window.h"
#include "msf_math.h"

/* An output pixel, with what its channels share worked out once. */
typedef struct msf_depthwise_pixel {
  const msf_depthwise_conv2d_s8_params *p;
  int32_t out_c;
  msf_taps rows;
  msf_taps columns;
  int32_t complete; /* no tap falls on padding */
  int32_t taps;     /* inside, in one row */
  int32_t x;        /* from the start of a row to the first tap inside */
  int32_t x_step;   /* from one tap to the next */
} msf_depthwise_pixel;

/* Any pixel of the output row whose window starts at input row `top`. */
static inline void msf_depthwise_begin_row(
    msf_depthwise_pixel *pixel, const msf_depthwise_conv2d_s8_params *p,
    int32_t top, int32_t in_h) {
  pixel->p = p;
  pixel->out_c = p->in_c * p->depth_multiplier;
  pixel->rows = msf_taps_inside(top, p->kernel_h, p->dilation_h, in_h);
  pixel->x_step = p->dilation_w * p->in_c;
}

/* The pixel whose window starts at input column `left`. Out of line, as all
 * that happens once a pixel: it keeps the stack flat. */
__attribute__((noinline)) static void msf_depthwise_to_column(
    msf_depthwise_pixel *pixel, int32_t left) {
  const msf_depthwise_conv2d_s8_params *p = pixel->p;
  const msf_taps taps =
      msf_taps_inside(left, p->kernel_w, p->dilation_w, p->in_w);
  pixel->columns = taps;
  pixel->taps = taps.last - taps.first;
  pixel->complete = pixel->taps == p->kernel_w &&
                    pixel->rows.last - pixel->rows.first == p->kernel_h;
  pixel->x =
      pixel->taps > 0 ? (left + taps.first * p->dilation_w) * p->in_c : 0;
}

/* sums[i] += sum over k < n of x[k * x_step + i] * w[k * w_step + i], for
 * i < N. kShared: all N channels read x[k * x_step]. */
template <int N, bool kShared>
static inline void msf_taps_s8(const int8_t *x, int32_t x_step, const int8_t *w,
                               int32_t w_step, int32_t n, msf_sums<N> *sums) {
  constexpr int kLane = kShared ? 0 : 1;
  msf_sums<N> s = *sums;
  for (; n > 0; --n) {
    s.a0 += (uint32_t)(x[0] * w[0]);
    if constexpr (N == 4) {
      s.a1 += (uint32_t)(x[kLane] * w[1]);
      s.a2 += (uint32_t)(x[2 * kLane] * w[2]);
      s.a3 += (uint32_t)(x[3 * kLane] * w[3]);
    }
    x += x_step;
    w += w_step;
  }
  *sums = s;
}

/* sums[i] of channels [o, o + N) before any tap inside: the bias, and the zero
 * point for each tap on padding. Out of line: rare, and it would crowd the
 * registers of the inner loops. */
template <int N>
__attribute__((noinline)) static void msf_depthwise_start(
    const msf_depthwise_pixel *pixel, int32_t o, int32_t *sums) {
  const msf_depthwise_conv2d_s8_params *p = pixel->p;
  const int8_t zero = (int8_t)p->input_zero_point;
  const int32_t out_c = pixel->out_c;
  const int8_t *w = p->weights + o;
  msf_sums<N> s(p->bias + o);
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    const bool inside = ky >= pixel->rows.first && ky < pixel->rows.last;
    const int32_t left = inside ? pixel->columns.first : p->kernel_w;
    msf_taps_s8<N, true>(&zero, 0, w, out_c, left, &s);
    w += left * out_c;
    if (inside) {
      w += pixel->taps * out_c;
      const int32_t right = p->kernel_w - pixel->columns.last;
      msf_taps_s8<N, true>(&zero, 0, w, out_c, right, &s);
      w += right * out_c;
    }
  }
  s.store(sums);
}

/* Calls block.Run<N, kShared>(o, c) for all output channels, in blocks of N
 * from o on, which read the input channels from c on. */
template <typename Block>
static inline void msf_depthwise_channels(
    const msf_depthwise_conv2d_s8_params *p, const Block &block) {
  int32_t o = 0;
  if (p->depth_multiplier == 1) {
    for (; o + 4 <= p->in_c; o += 4) block.template Run<4, false>(o, o);
    for (; o < p->in_c; ++o) block.template Run<1, false>(o, o);
    return;
  }
  for (int32_t c = 0; c < p->in_c; ++c) {
    const int32_t end = o + p->depth_multiplier;
    for (; o + 4 <= end; o += 4) block.template Run<4, true>(o, c);
    for (; o < end; ++o) block.template Run<1, false>(o, c);
  }
}

#endif /* MSF_DEPTHWISE_CONV2D_S8_BODY_H_ */
