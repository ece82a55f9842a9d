/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Parameters of msf_fully_connected_s8 (step r reads from input row r on and
 * writes output row r) and of msf_fully_connected_acc_s8 (step r adds the
 * products of input row r; the last step writes). */
#ifndef MSF_FULLY_CONNECTED_S8_H_
#define MSF_FULLY_CONNECTED_S8_H_

#include <stdint.h>

typedef struct msf_fully_connected_s8_params {
  const int8_t *weights; /* [units][depth] */
  /* [units], minus the input's zero point times the sum of the unit's
   * weights. Modulo 2^32. */
  const int32_t *bias;
  const int32_t *multipliers; /* [units], or [1] if scale_step is 0 */
  const int8_t *shifts;       /* as long; in [-31, 30] */
  int32_t scale_step;         /* 1: scales per unit, 0: one for all */
  int32_t simple_scales;      /* 1: msf_simple_requantize() will do */
  int32_t batches;            /* vectors that lie behind each other in a step */
  int32_t depth;
  int32_t units;
  int32_t output_zero_point;
  int32_t clamp_min;
  int32_t clamp_max;
} msf_fully_connected_s8_params;

#endif /* MSF_FULLY_CONNECTED_S8_H_ */
