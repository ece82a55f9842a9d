/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_COPY_H_
#define MSF_COPY_H_

#include <stdint.h>

/* Copies bytes. */
typedef struct msf_copy_params {
  int32_t whole; /* 1: the whole tensor; 0: row `step` to row `step` */
} msf_copy_params;

#endif /* MSF_COPY_H_ */
