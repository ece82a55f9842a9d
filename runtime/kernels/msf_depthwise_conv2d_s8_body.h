/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * What both depthwise kernels share: how the sums of a pixel start, grow by
 * one kernel row, and end. C++ only; a twin for an instruction set replaces
 * msf_taps_s8. */
#ifndef MSF_DEPTHWISE_CONV2D_S8_BODY_H_
#define MSF_DEPTHWISE_CONV2D_S8_BODY_H_

#include "kernels/msf_depthwise_conv2d_s8.h"
#include "kernels/msf_dot_s8.h"
#include "kernels/msf_window.h"
#include "msf_math.h"

static inline int32_t msf_depthwise_out_c(
    const msf_depthwise_conv2d_s8_params *p) {
  return p->in_c * p->depth_multiplier;
}

/* acc[i] += sum over k < n of x[k * x_step + i] * w[k * w_step + i], for
 * i < N. kShared: all N channels read x[k * x_step]. */
template <int N, bool kShared>
static inline void msf_taps_s8(const int8_t *x, int32_t x_step, const int8_t *w,
                               int32_t w_step, int32_t n, int32_t *acc) {
  static_assert(N == 1 || N == 4, "written out for one and four channels");
  if constexpr (N == 1) {
    int32_t a0 = acc[0];
    for (; n > 0; --n) {
      a0 += *x * *w;
      x += x_step;
      w += w_step;
    }
    acc[0] = a0;
  } else {
    constexpr int kLane = kShared ? 0 : 1;
    int32_t a0 = acc[0], a1 = acc[1], a2 = acc[2], a3 = acc[3];
    for (; n > 0; --n) {
      a0 += x[0] * w[0];
      a1 += x[kLane] * w[1];
      a2 += x[2 * kLane] * w[2];
      a3 += x[3 * kLane] * w[3];
      x += x_step;
      w += w_step;
    }
    acc[0] = a0;
    acc[1] = a1;
    acc[2] = a2;
    acc[3] = a3;
  }
}

/* Sum of one channel's weights whose taps fall on padding. */
static inline int32_t msf_depthwise_padding(
    const msf_depthwise_conv2d_s8_params *p, const msf_pixel *pixel,
    const int8_t *w) {
  const int32_t out_c = msf_depthwise_out_c(p);
  int32_t sum = 0;
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    const bool inside_y = ky >= pixel->rows.first && ky < pixel->rows.last;
    for (int32_t kx = 0; kx < p->kernel_w; ++kx) {
      const bool inside_x =
          kx >= pixel->columns.first && kx < pixel->columns.last;
      if (!(inside_y && inside_x)) sum += *w;
      w += out_c;
    }
  }
  return sum;
}

/* sums[i] of channels [o, o + n) before any tap inside the input. Out of
 * line, so that it does not crowd the registers of the inner loops. */
__attribute__((noinline)) static void msf_depthwise_start(
    const msf_depthwise_conv2d_s8_params *p, const msf_pixel *pixel, int32_t o,
    int32_t n, int32_t *sums) {
  const bool complete =
      pixel->rows.first == 0 && pixel->rows.last == p->kernel_h &&
      pixel->columns.first == 0 && pixel->columns.last == p->kernel_w;
  for (const int32_t end = o + n; o < end; ++o) {
    int32_t sum = p->bias[o];
    if (!complete) {
      const int32_t padding = msf_depthwise_padding(p, pixel, p->weights + o);
      sum = msf_add_wrap(sum, p->input_zero_point * padding);
    }
    *sums++ = sum;
  }
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
