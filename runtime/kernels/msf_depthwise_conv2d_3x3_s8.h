/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The parameters are those of msf_depthwise_conv2d_s8 with kernel 3x3, no
 * dilation, depth multiplier 1, stride_w 1 or 2, and padding of at most
 * 1 on each side. Weights are [in_c][3][3]. Sums are below 2^30,
 * shifts -23 and more. */
#ifndef MSF_DEPTHWISE_CONV2D_3X3_S8_H_
#define MSF_DEPTHWISE_CONV2D_3X3_S8_H_

#include "kernels/msf_depthwise_conv2d_s8.h"

#endif /* MSF_DEPTHWISE_CONV2D_3X3_S8_H_ */
