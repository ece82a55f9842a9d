/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The parameters are those of msf_depthwise_conv2d_s8 with kernel 5x5, no
 * dilation, depth multiplier 1, stride_w 1 or 2, and padding of at most
 * 2 on each side. Weights are [in_c][5][5]. Sums are below 2^30,
 * shifts -23 and more. */
#ifndef MSF_DEPTHWISE_CONV2D_5X5_S8_H_
#define MSF_DEPTHWISE_CONV2D_5X5_S8_H_

#include "kernels/msf_depthwise_conv2d_s8.h"

#endif /* MSF_DEPTHWISE_CONV2D_5X5_S8_H_ */
