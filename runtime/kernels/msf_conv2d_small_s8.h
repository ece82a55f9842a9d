/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The parameters are those of msf_conv2d_s8 with dilation_w 1, weights of at
 * most MSF_CONV2D_SMALL_BYTES a channel, simple scales per channel of which
 * none is negative, and four output channels and more. */
#ifndef MSF_CONV2D_SMALL_S8_H_
#define MSF_CONV2D_SMALL_S8_H_

#include "kernels/msf_conv2d_s8.h"

#define MSF_CONV2D_SMALL_BYTES 48

#endif /* MSF_CONV2D_SMALL_S8_H_ */
