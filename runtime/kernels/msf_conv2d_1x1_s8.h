/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The parameters are those of msf_conv2d_s8 with a kernel of 1x1 and no
 * padding. */
#ifndef MSF_CONV2D_1X1_S8_H_
#define MSF_CONV2D_1X1_S8_H_

#include "kernels/msf_conv2d_s8.h"

#endif /* MSF_CONV2D_1X1_S8_H_ */
