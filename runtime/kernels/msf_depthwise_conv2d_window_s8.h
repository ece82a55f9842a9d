/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Parameters of msf_depthwise_conv2d_window_s8 (step r writes output row r):
 * depth multiplier 1, a kernel of 3x3, 5x5 or 7x7, four channels and more,
 * scales for msf_simple_requantize() whose multipliers are not negative. */
#ifndef MSF_DEPTHWISE_CONV2D_WINDOW_S8_H_
#define MSF_DEPTHWISE_CONV2D_WINDOW_S8_H_

#include <stdint.h>

typedef struct msf_depthwise_conv2d_window_s8_params {
  /* Quads of channels one after the other; where in_c is no multiple of 4 the
   * last one is that of channels [in_c - 4, in_c). A quad is, in words,
   *
   *   4   bias, as that of msf_depthwise_conv2d_s8
   *   2n  weights, two taps after the other; n = kernel * kernel / 2:
   *       bytes a0 a1 b0 b1 | a2 a3 b2 b3 of taps a and b and channels 0 to 3
   *   1   weights of the last tap, one byte a channel
   *   4   multipliers
   *   1   -1 - shift, one byte a channel */
  const int32_t *quads;
  const int8_t *padding; /* [in_c] input zero points: a pixel of padding */
  int32_t in_w;
  int32_t in_c;
  int32_t out_step; /* channels from one output pixel to the next: in_c, or more
                       where others are between them */
  int32_t out_w;
  int32_t kernel;
  int32_t stride_h;
  int32_t stride_w;
  int32_t dilation_h;
  int32_t dilation_w;
  int32_t pad_top;
  int32_t pad_left;
  int32_t output_zero_point;
  int32_t clamp_min;
  int32_t clamp_max;
} msf_depthwise_conv2d_window_s8_params;

#endif /* MSF_DEPTHWISE_CONV2D_WINDOW_S8_H_ */
