/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_MEAN_PARAMS_H_
#define MSF_MEAN_PARAMS_H_

#include <stdint.h>

#include "msf_math.h"

/* The mean over any of h, w and c; shared by the mean kernels. */
typedef struct msf_mean_params {
  int32_t rows; /* input rows that one step of msf_mean_s8 reduces */
  int32_t w;    /* columns and channels of the input */
  int32_t c;
  int32_t reduce_h; /* 0 or 1 */
  int32_t reduce_w;
  int32_t reduce_c;
  int32_t zero_point_sum; /* input zero point * elements of one mean */
  int32_t multiplier;     /* input scale / (output scale * those elements) */
  int32_t shift;
  int32_t zero_point; /* of the output */
} msf_mean_params;

/* The output code of a sum of input codes. */
static inline int8_t msf_mean_code(const msf_mean_params *p, int32_t sum) {
  const int32_t code =
      msf_requantize(sum - p->zero_point_sum, p->multiplier, p->shift) +
      p->zero_point;
  return (int8_t)msf_clamp(code, -128, 127);
}

#endif /* MSF_MEAN_PARAMS_H_ */
