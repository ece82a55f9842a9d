// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Arithmetic shared by the operators with a sliding window (convolutions and
// pools).
#pragma once

#include "ir/attrs.h"
#include "ir/tensor.h"
#include "ops/op_def.h"

namespace msf {

// Rows (or columns) that a dilated kernel spans.
inline int32_t Span(int32_t kernel, int32_t dilation) {
  return (kernel - 1) * dilation + 1;
}

// Padding of TFLite's `Padding` option: SAME = 0, VALID = 1. The odd row or
// column of SAME goes to the bottom and to the right
// (tensorflow/lite/kernels/padding.h).
Padding ResolvePadding(bool same, const Window& window, const Hwc& input);

// Output rows and columns; error if the window does not fit or a number is
// not positive. `c` of the result is the input's.
Result<Hwc> InferWindow(const Window& window, const Hwc& input);

// Output row r of a window reads these input rows.
RowNeed WindowNeed(const Window& window);

// Output column x of a window reads these input columns.
RowNeed WindowColumns(const Window& window);

}  // namespace msf
