/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The parameters are those of msf_depthwise_conv2d_s8 with kernel 7x7, no
 * dilation, depth multiplier 1, stride_w 1 or 2, and padding of at most
 * 3 on each side. Weights are [in_c][7][7]. Sums are below 2^30,
 * shifts -23 and more. */
#ifndef MSF_DEPTHWISE_CONV2D_7X7_S8_H_
#define MSF_DEPTHWISE_CONV2D_7X7_S8_H_

#include "kernels/msf_depthwise_conv2d_s8.h"

#endif /* MSF_DEPTHWISE_CONV2D_7X7_S8_H_ */
