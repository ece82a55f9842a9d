/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Parameters of msf_conv2d_depthwise_s8 (step r writes output row r): a
 * convolution, and a depthwise convolution with multiplier 1 of what it makes,
 * which exists tap by tap only. */
#ifndef MSF_CONV2D_DEPTHWISE_S8_H_
#define MSF_CONV2D_DEPTHWISE_S8_H_

#include <stdint.h>

#include "kernels/msf_conv2d_s8.h"

/* Most bytes of weights that a channel of the convolution has. */
#define MSF_CONV2D_DEPTHWISE_BYTES 36
/* Most input rows that an output row reads. */
#define MSF_CONV2D_DEPTHWISE_ROWS 9

typedef struct msf_conv2d_depthwise_s8_params {
  /* dilation_w is 1, out_c a multiple of 4; simple scales per channel, of
   * which none is negative. */
  msf_conv2d_s8_params conv;
  int32_t conv_h; /* its rows */
  /* As in msf_depthwise_conv2d_s8_params, for conv.out_c channels. */
  const int8_t *weights;
  const int32_t *bias;
  const int32_t *multipliers;
  const int8_t *shifts;
  int32_t scale_step;
  int32_t simple_scales;
  int32_t out_w;
  int32_t kernel_h;
  int32_t kernel_w;
  int32_t stride_h;
  int32_t stride_w;
  int32_t dilation_h;
  int32_t dilation_w;
  int32_t pad_top;
  int32_t pad_left;
  int32_t output_zero_point;
  int32_t clamp_min;
  int32_t clamp_max;
} msf_conv2d_depthwise_s8_params;

#endif /* MSF_CONV2D_DEPTHWISE_S8_H_ */
