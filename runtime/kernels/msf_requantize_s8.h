/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_REQUANTIZE_S8_H_
#define MSF_REQUANTIZE_S8_H_

#include <stdint.h>

/* int8 codes of one scale to int8 codes of another, then a clamp. */
typedef struct msf_requantize_params {
  int32_t w; /* columns and channels of a row */
  int32_t c;
  int32_t in_zero_point;
  int32_t multiplier; /* input scale / output scale */
  int32_t shift;
  int32_t zero_point; /* of the output */
  int32_t clamp_min;
  int32_t clamp_max;
} msf_requantize_params;

#endif /* MSF_REQUANTIZE_S8_H_ */
