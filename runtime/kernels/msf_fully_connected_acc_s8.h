/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The parameters are those of msf_fully_connected_s8; `batches` is 1. The
 * state is int32_t[units]. */
#ifndef MSF_FULLY_CONNECTED_ACC_S8_H_
#define MSF_FULLY_CONNECTED_ACC_S8_H_

#include "kernels/msf_fully_connected_s8.h"

#endif /* MSF_FULLY_CONNECTED_ACC_S8_H_ */
