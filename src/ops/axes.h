// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// From the dimensions of a file's shape to the h, w and c of its rows.
#pragma once

#include <vector>

#include "ir/tensor.h"

namespace msf {

enum class HwcAxis { kH, kW, kC };

// Where each dimension of `shape` goes in CanonicalHwc(shape). Several may go
// to h; none to w.
inline std::vector<HwcAxis> AxesOf(const Shape& shape) {
  std::vector<HwcAxis> axes(shape.size(), HwcAxis::kH);
  if (shape.empty()) return axes;
  axes.back() = HwcAxis::kC;
  const bool has_w =
      shape.size() == 4 || (shape.size() == 3 && shape.front() != 1);
  if (has_w) axes[shape.size() - 2] = HwcAxis::kW;
  return axes;
}

}  // namespace msf
