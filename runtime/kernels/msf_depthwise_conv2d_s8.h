/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Parameters of msf_depthwise_conv2d_s8 (step r writes output row r) and of
 * msf_depthwise_conv2d_acc_s8 (one output row; step r adds what input row r
 * gives). Output channel o reads input channel o / depth_multiplier. */
#ifndef MSF_DEPTHWISE_CONV2D_S8_H_
#define MSF_DEPTHWISE_CONV2D_S8_H_

#include <stdint.h>

typedef struct msf_depthwise_conv2d_s8_params {
  const int8_t *weights; /* [kernel_h][kernel_w][in_c * depth_multiplier] */
  /* [in_c * depth_multiplier], minus input_zero_point times the sum of the
   * channel's weights; a tap on padding counts as input_zero_point. Modulo
   * 2^32. */
  const int32_t *bias;
  const int32_t *multipliers; /* as long as bias, or [1] if scale_step is 0 */
  const int8_t *shifts;       /* as long; in [-31, 30] */
  int32_t scale_step;         /* 1: scales per channel, 0: one for all */
  int32_t simple_scales;      /* 1: msf_simple_requantize() will do; 2: and no
                                 multiplier is negative */
  int32_t in_w;
  int32_t in_c;
  int32_t depth_multiplier;
  /* msf_depthwise_conv2d_s8: channels from one output pixel to the next, more
   * than it makes where others are between them. */
  int32_t out_step;
  int32_t out_w;
  int32_t kernel_h;
  int32_t kernel_w;
  int32_t stride_h;
  int32_t stride_w;
  int32_t dilation_h;
  int32_t dilation_w;
  int32_t pad_top;
  int32_t pad_left;
  int32_t input_zero_point;
  int32_t output_zero_point;
  int32_t clamp_min;
  int32_t clamp_max;
} msf_depthwise_conv2d_s8_params;

#endif /* MSF_DEPTHWISE_CONV2D_S8_H_ */
