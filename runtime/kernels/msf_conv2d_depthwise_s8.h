/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Parameters of msf_conv2d_depthwise_s8 (step r writes output row r): a
 * convolution, and a depthwise convolution with multiplier 1 of what it makes,
 * which exists tap by tap only. */
#ifndef MSF_CONV2D_DEPTHWISE_S8_H_
#define MSF_CONV2D_DEPTHWISE_S8_H_

#include <stdint.h>

/* Most bytes of weights that a channel of the convolution has, unless it is 1x1
 * without padding: then any whole number of words will do. */
#define MSF_CONV2D_DEPTHWISE_BYTES 40
/* Most input rows that an output row reads. */
#define MSF_CONV2D_DEPTHWISE_ROWS 16

typedef struct msf_conv2d_depthwise_s8_params {
  /* The convolution, without dilation along rows. Its scales are for
   * msf_simple_requantize(), none is negative, and its codes may be any int8.
   * Two channels after the other, of an even number, in words:
   *
   *   2   bias, as that of msf_conv2d_s8
   *   2n  a word of weights of channel 0, one of channel 1, and so on; kernel
   *       rows are padded by zeros to words
   *   2   multipliers
   *   1   -1 - shift, one byte a channel */
  const int32_t *conv;
  /* The depthwise convolution, as in msf_depthwise_conv2d_s8_params. */
  const int8_t *weights;
  const int32_t *bias;
  const int32_t *multipliers;
  const int8_t *shifts;
  int32_t scale_step;
  int32_t simple_scales;
  int32_t in_w;
  int32_t in_c;
  int32_t conv_h; /* rows, columns and channels that the convolution makes */
  int32_t conv_w;
  int32_t conv_c;
  int32_t conv_kernel_h;
  int32_t conv_kernel_w;
  int32_t conv_stride_h;
  int32_t conv_stride_w;
  int32_t conv_dilation_h;
  int32_t conv_pad_top;
  int32_t conv_pad_left;
  int32_t conv_input_zero_point;
  int32_t conv_output_zero_point;
  int32_t out_w;
  int32_t kernel_h;
  int32_t kernel_w;
  int32_t stride_h;
  int32_t stride_w;
  int32_t pad_top;
  int32_t pad_left;
  int32_t output_zero_point;
  int32_t clamp_min;
  int32_t clamp_max;
} msf_conv2d_depthwise_s8_params;

#endif /* MSF_CONV2D_DEPTHWISE_S8_H_ */
