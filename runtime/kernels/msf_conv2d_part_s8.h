/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Parameters of msf_conv2d_part_s8. */
#ifndef MSF_CONV2D_PART_S8_H_
#define MSF_CONV2D_PART_S8_H_

#include <stdint.h>

/* A 1x1 convolution over some of its input channels. The first part starts its
 * sums from the bias; the last one writes the output, the others leave it
 * alone. */
typedef struct msf_conv2d_part_s8_params {
  const int8_t *weights; /* [out_c][in_c], rows padded to a multiple of 4 */
  /* [out_c], as that of msf_conv2d_s8 for all parts together; null: go on
   * from the sums of the parts before. */
  const int32_t *bias;
  const int32_t *multipliers; /* [out_c], or [1] if scale_step is 0 */
  const int8_t *shifts;       /* as long; in [-31, 30] */
  int32_t scale_step;         /* 1: scales per channel, 0: one for all */
  int32_t simple_scales;      /* 1: msf_simple_requantize() will do; 2: and no
                                 multiplier is negative */
  int32_t in_c;               /* of this part */
  int32_t out_w;
  int32_t out_c;
  int32_t sums_rows; /* of int32_t[sums_rows][sums_cols][out_c], the state: */
  int32_t sums_cols; /* sums of row r lie in row r % sums_rows, those of column
                        x in column x, counted from where the state points */
  int32_t finish;    /* 1: this is the last part */
  int32_t output_zero_point;
  int32_t clamp_min;
  int32_t clamp_max;
} msf_conv2d_part_s8_params;

#endif /* MSF_CONV2D_PART_S8_H_ */
