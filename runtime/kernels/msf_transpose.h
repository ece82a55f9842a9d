/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_TRANSPOSE_H_
#define MSF_TRANSPOSE_H_

#include <stdint.h>

#define MSF_TRANSPOSE_MAX_RANK 6

/* Reads a whole tensor in another order of its dimensions. */
typedef struct msf_transpose_params {
  const int32_t *dims;    /* the output's, outermost first; `rank` of them */
  const int32_t *strides; /* bytes between neighbours along each in the input */
  int32_t rank;           /* in [1, MSF_TRANSPOSE_MAX_RANK] */
  int32_t run_bytes;      /* what moves together: an element or several */
} msf_transpose_params;

#endif /* MSF_TRANSPOSE_H_ */
