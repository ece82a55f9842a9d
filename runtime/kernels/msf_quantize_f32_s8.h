/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_QUANTIZE_F32_S8_H_
#define MSF_QUANTIZE_F32_S8_H_

#include <stdint.h>

/* float32 to int8. */
typedef struct msf_quantize_f32_params {
  int32_t w; /* columns and channels of a row */
  int32_t c;
  int32_t scale_bits; /* the bits of the float32 scale */
  int32_t zero_point;
} msf_quantize_f32_params;

#endif /* MSF_QUANTIZE_F32_S8_H_ */
