/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_SOFTMAX_S8_H_
#define MSF_SOFTMAX_S8_H_

#include <stdint.h>

/* Softmax over the channels of each pixel; the output has scale 1/256 and zero
 * point -128. */
typedef struct msf_softmax_params {
  int32_t w;          /* pixels of a row */
  int32_t c;          /* at most 4095, so that the sum fits */
  int32_t multiplier; /* beta * input scale * 2^26, left_shift bits smaller */
  int32_t left_shift; /* in [0, 31] */
  int32_t diff_min;   /* codes this far below the largest count as 0 */
} msf_softmax_params;

#endif /* MSF_SOFTMAX_S8_H_ */
