/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/msf_depthwise_conv2d_7x7_s8.h"

#include "kernels/msf_sweep.h"
#include "msf_kernels.h"

extern "C" void msf_depthwise_conv2d_7x7_s8(const msf_call *call) {
  msf_sweep_row<7>(call);
}
