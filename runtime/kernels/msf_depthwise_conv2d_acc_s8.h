/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The parameters are those of msf_depthwise_conv2d_s8; the output has one row
 * and stride_h is not used. The state is int32_t[out_w][out channels]. */
#ifndef MSF_DEPTHWISE_CONV2D_ACC_S8_H_
#define MSF_DEPTHWISE_CONV2D_ACC_S8_H_

#include "kernels/msf_depthwise_conv2d_s8.h"

#endif /* MSF_DEPTHWISE_CONV2D_ACC_S8_H_ */
