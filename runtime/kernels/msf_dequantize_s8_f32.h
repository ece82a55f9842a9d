/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_DEQUANTIZE_S8_F32_H_
#define MSF_DEQUANTIZE_S8_F32_H_

#include <stdint.h>

/* int8 to float32. */
typedef struct msf_dequantize_f32_params {
  int32_t scale_bits; /* the bits of the float32 scale */
  int32_t zero_point;
} msf_dequantize_f32_params;

#endif /* MSF_DEQUANTIZE_S8_F32_H_ */
