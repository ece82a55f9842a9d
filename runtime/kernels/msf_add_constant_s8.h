/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_ADD_CONSTANT_S8_H_
#define MSF_ADD_CONSTANT_S8_H_

#include <stdint.h>

/* Sum of an int8 activation and a constant, whichever came first in the
 * file. Members as in msf_add_s8.h; operand 2 is the constant. */
typedef struct msf_add_constant_params {
  const int8_t *constant;
  int32_t row_stride_2; /* bytes from row to row of the constant, or 0 */
  int32_t w;
  int32_t c;
  int32_t column_stride_1;
  int32_t channel_stride_1;
  int32_t zero_point_1;
  int32_t multiplier_1;
  int32_t shift_1;
  int32_t column_stride_2;
  int32_t channel_stride_2;
  int32_t zero_point_2;
  int32_t multiplier_2;
  int32_t shift_2;
  int32_t multiplier;
  int32_t shift;
  int32_t zero_point;
  int32_t clamp_min;
  int32_t clamp_max;
} msf_add_constant_params;

#endif /* MSF_ADD_CONSTANT_S8_H_ */
