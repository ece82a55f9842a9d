// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "cost/kernel_shape.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "cost/features.h"
#include "support/check.h"

namespace msf {
namespace {

struct Member {
  std::string_view name;
  int32_t KernelShape::* at;
};

constexpr Member kMembers[] = {
    {"in_w", &KernelShape::in_w},
    {"in_c", &KernelShape::in_c},
    {"out_w", &KernelShape::out_w},
    {"out_c", &KernelShape::out_c},
    {"out_step", &KernelShape::out_step},
    {"w", &KernelShape::w},
    {"c", &KernelShape::c},
    {"kernel_h", &KernelShape::kernel_h},
    {"kernel_w", &KernelShape::kernel_w},
    {"kernel", &KernelShape::size},
    {"conv_h", &KernelShape::conv_h},
    {"conv_w", &KernelShape::conv_w},
    {"conv_c", &KernelShape::conv_c},
    {"conv_kernel_h", &KernelShape::conv_kernel_h},
    {"conv_kernel_w", &KernelShape::conv_kernel_w},
    {"conv_stride_h", &KernelShape::conv_stride_h},
    {"conv_stride_w", &KernelShape::conv_stride_w},
    {"conv_dilation_h", &KernelShape::conv_dilation_h},
    {"conv_pad_top", &KernelShape::conv_pad_top},
    {"conv_pad_left", &KernelShape::conv_pad_left},
    {"stride_h", &KernelShape::stride_h},
    {"stride_w", &KernelShape::stride_w},
    {"dilation_h", &KernelShape::dilation_h},
    {"dilation_w", &KernelShape::dilation_w},
    {"pad_top", &KernelShape::pad_top},
    {"pad_left", &KernelShape::pad_left},
    {"depth_multiplier", &KernelShape::depth_multiplier},
    {"scale_step", &KernelShape::scale_step},
    {"simple_scales", &KernelShape::simple_scales},
    {"clamp_min", &KernelShape::clamp_min},
    {"clamp_max", &KernelShape::clamp_max},
    {"batches", &KernelShape::batches},
    {"depth", &KernelShape::depth},
    {"units", &KernelShape::units},
    {"finish", &KernelShape::finish},
    {"whole", &KernelShape::whole},
    {"rows", &KernelShape::rows},
    {"reduce_h", &KernelShape::reduce_h},
    {"reduce_w", &KernelShape::reduce_w},
    {"reduce_c", &KernelShape::reduce_c},
    {"top", &KernelShape::top},
    {"left", &KernelShape::left},
    {"shift", &KernelShape::shift},
    {"shift_1", &KernelShape::shift_1},
    {"shift_2", &KernelShape::shift_2},
    {"multiplier_1", &KernelShape::multiplier_1},
    {"multiplier_2", &KernelShape::multiplier_2},
    {"column_stride_1", &KernelShape::column_stride_1},
    {"column_stride_2", &KernelShape::column_stride_2},
    {"channel_stride_1", &KernelShape::channel_stride_1},
    {"channel_stride_2", &KernelShape::channel_stride_2},
    {"run_bytes", &KernelShape::run_bytes},
};

// The output's dimensions, of which a transpose moves one run after another.
void ReadDims(const ConstArray& array, KernelShape& shape) {
  shape.runs = 1;
  for (size_t i = 0; i + 4 <= array.bytes.size(); i += 4) {
    std::memcpy(&shape.last_dim, &array.bytes[i], 4);
    shape.runs *= shape.last_dim;
  }
}

}  // namespace

KernelShape ShapeOf(const KernelCall& call) {
  KernelShape shape;
  shape.kernel = FindCostedKernel(call.kernel);
  MSF_CHECK(shape.kernel >= 0);
  for (const ParamField& field : call.fields) {
    if (field.array) {
      const auto bytes = static_cast<int32_t>(field.array->bytes.size());
      shape.weight_bytes += bytes;
      if (field.name == "bias") shape.has_bias = bytes > 0 ? 1 : 0;
      if (field.name == "dims") ReadDims(*field.array, shape);
      continue;
    }
    const auto* member = std::ranges::find(kMembers, field.name, &Member::name);
    if (member != std::end(kMembers)) shape.*(member->at) = field.value;
  }
  if (shape.size > 0) shape.kernel_h = shape.kernel_w = shape.size;
  shape.many_rows = call.many_rows;
  return shape;
}

}  // namespace msf
