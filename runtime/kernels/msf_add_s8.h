/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_ADD_S8_H_
#define MSF_ADD_S8_H_

#include <stdint.h>

/* Sum of two int8 activations. Strides are in bytes, and 0 along a dimension
 * in which an operand repeats. An operand of one row repeats it. */
typedef struct msf_add_params {
  int32_t w;               /* columns of the output */
  int32_t c;               /* channels of the output */
  int32_t column_stride_1; /* input 0 */
  int32_t channel_stride_1;
  int32_t zero_point_1;
  int32_t multiplier_1; /* its scale / twice the larger input scale */
  int32_t shift_1;
  int32_t column_stride_2; /* input 1, likewise */
  int32_t channel_stride_2;
  int32_t zero_point_2;
  int32_t multiplier_2;
  int32_t shift_2;
  int32_t multiplier; /* twice the larger scale / (2^20 * output scale) */
  int32_t shift;
  int32_t zero_point; /* of the output */
  int32_t clamp_min;
  int32_t clamp_max;
} msf_add_params;

#endif /* MSF_ADD_S8_H_ */
