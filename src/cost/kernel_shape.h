// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "ops/op_def.h"

namespace msf {

// Parameters of a kernel that say how much it does, by the names of its
// parameter struct; 0 where the kernel has none of that name.
struct KernelShape {
  int32_t kernel = -1;  // index into CostedKernels()
  int32_t in_w = 0;
  int32_t in_c = 0;
  int32_t out_w = 0;
  int32_t out_c = 0;
  int32_t out_step = 0;
  int32_t w = 0;
  int32_t c = 0;
  int32_t kernel_h = 0;
  int32_t kernel_w = 0;
  // Of the convolution in msf_conv2d_depthwise_s8.
  int32_t conv_h = 0;
  int32_t conv_w = 0;
  int32_t conv_c = 0;
  int32_t conv_kernel_h = 0;
  int32_t conv_kernel_w = 0;
  int32_t conv_stride_h = 0;
  int32_t conv_stride_w = 0;
  int32_t conv_dilation_h = 0;
  int32_t conv_pad_top = 0;
  int32_t conv_pad_left = 0;
  int32_t size = 0;  // "kernel": both of them
  int32_t stride_h = 0;
  int32_t stride_w = 0;
  int32_t dilation_h = 0;
  int32_t dilation_w = 0;
  int32_t pad_top = 0;
  int32_t pad_left = 0;
  int32_t depth_multiplier = 0;
  int32_t scale_step = 0;
  int32_t simple_scales = 0;
  int32_t clamp_min = 0;
  int32_t clamp_max = 0;
  int32_t batches = 0;
  int32_t depth = 0;
  int32_t units = 0;
  int32_t finish = 0;
  int32_t whole = 0;
  int32_t rows = 0;
  int32_t reduce_h = 0;
  int32_t reduce_w = 0;
  int32_t reduce_c = 0;
  int32_t top = 0;
  int32_t left = 0;
  int32_t shift = 0;
  int32_t shift_1 = 0;
  int32_t shift_2 = 0;
  int32_t multiplier_1 = 0;
  int32_t multiplier_2 = 0;
  int32_t column_stride_1 = 0;
  int32_t column_stride_2 = 0;
  int32_t channel_stride_1 = 0;
  int32_t channel_stride_2 = 0;
  int32_t run_bytes = 0;
  bool many_rows = false;    // KernelCall::many_rows
  int32_t has_bias = 0;      // 0: goes on from sums that are there
  int32_t weight_bytes = 0;  // of all constant arrays
  int32_t runs = 0;          // of a transpose: moves of run_bytes
  int32_t last_dim = 0;      // of a transpose: moves before the odometer turns

  bool clamps() const { return clamp_min != -128 || clamp_max != 127; }
};

// Requires a kernel of kernels.def.
KernelShape ShapeOf(const KernelCall& call);

}  // namespace msf
