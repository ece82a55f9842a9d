// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "ops/window.h"

#include <algorithm>

namespace msf {
namespace {

int64_t TotalSamePadding(int32_t size, int32_t kernel, int32_t stride,
                         int32_t dilation) {
  const int64_t output = (int64_t{size} + stride - 1) / stride;
  const int64_t span = int64_t{kernel - 1} * dilation + 1;
  return std::max<int64_t>(0, (output - 1) * stride + span - size);
}

}  // namespace

Padding ResolvePadding(bool same, const Window& window, const Hwc& input) {
  if (!same) return {};
  const auto rows = static_cast<int32_t>(TotalSamePadding(
      input.h, window.kernel_h, window.stride_h, window.dilation_h));
  const auto columns = static_cast<int32_t>(TotalSamePadding(
      input.w, window.kernel_w, window.stride_w, window.dilation_w));
  return {.top = rows / 2,
          .bottom = rows - rows / 2,
          .left = columns / 2,
          .right = columns - columns / 2};
}

Result<Hwc> InferWindow(const Window& window, const Hwc& input) {
  const int32_t positive[] = {window.kernel_h,   window.kernel_w,
                              window.stride_h,   window.stride_w,
                              window.dilation_h, window.dilation_w};
  for (int32_t number : positive) {
    // 2^15 keeps every product below in range and is beyond any real kernel.
    if (number <= 0 || number > 32768) {
      return UserError("",
                       "kernel size, stride or dilation " +
                           std::to_string(number) + " is out of range",
                       "the file is damaged; export it again");
    }
  }
  const Padding& pad = window.pad;
  const int64_t rows = int64_t{input.h} + pad.top + pad.bottom;
  const int64_t columns = int64_t{input.w} + pad.left + pad.right;
  const int64_t span_h = int64_t{window.kernel_h - 1} * window.dilation_h + 1;
  const int64_t span_w = int64_t{window.kernel_w - 1} * window.dilation_w + 1;
  if (span_h > rows || span_w > columns) {
    return UserError(
        "", "the kernel is larger than its padded input " + ToString(input),
        "the file is damaged; export it again");
  }
  return Hwc{static_cast<int32_t>((rows - span_h) / window.stride_h + 1),
             static_cast<int32_t>((columns - span_w) / window.stride_w + 1),
             input.c};
}

RowNeed WindowNeed(const Window& window) {
  return {.stride = window.stride_h,
          .offset = -window.pad.top,
          .extent = Span(window.kernel_h, window.dilation_h)};
}

RowNeed WindowColumns(const Window& window) {
  return {.stride = window.stride_w,
          .offset = -window.pad.left,
          .extent = Span(window.kernel_w, window.dilation_w)};
}

}  // namespace msf
