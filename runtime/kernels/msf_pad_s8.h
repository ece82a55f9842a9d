/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_PAD_S8_H_
#define MSF_PAD_S8_H_

#include <stdint.h>

/* Writes `value` around an int8 activation. */
typedef struct msf_pad_params {
  int32_t top;  /* output rows before the first input row */
  int32_t left; /* output columns before the first input column */
  int32_t channels_before;
  int32_t w; /* columns and channels of the input */
  int32_t c;
  int32_t out_w; /* columns and channels of the output */
  int32_t out_c;
  int32_t value;
} msf_pad_params;

#endif /* MSF_PAD_S8_H_ */
