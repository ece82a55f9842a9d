/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The parameters are those of msf_conv2d_s8; the output has one row and
 * stride_h is not used. The state is int32_t[out_w][out_c]. */
#ifndef MSF_CONV2D_ACC_S8_H_
#define MSF_CONV2D_ACC_S8_H_

#include "kernels/msf_conv2d_s8.h"

#endif /* MSF_CONV2D_ACC_S8_H_ */
