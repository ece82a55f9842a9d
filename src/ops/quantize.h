// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// From the real scales of a file to the integers that kernels compute with,
// bit for bit as TFLite derives them.
#pragma once

#include <cstdint>

#include "ir/attrs.h"
#include "ir/tensor.h"

namespace msf {

// real ~ multiplier * 2^(shift - 31), as msf_requantize() takes it:
// multiplier in [2^30, 2^31), [-2^31, -2^30] or 0, shift in [-31, 30].
struct QuantizedMultiplier {
  int32_t multiplier = 0;
  int32_t shift = 0;
  bool operator==(const QuantizedMultiplier&) const = default;
};

// The nearest such pair of a real number; negative ones come from channels of
// weights with a negative scale. Nearer to 0 than 2^-32 it is {0, 0}, as in
// TFLite (kernels/internal/quantization_util.cc); from 2^30 on, where TFLite's
// double rounding is undefined, the pair farthest from 0.
QuantizedMultiplier QuantizeMultiplier(double real);

// The first real number that QuantizeMultiplier() cannot represent.
inline constexpr double kMultiplierLimit = 1073741824.0;  // 2^30

// Smallest and largest code that an operator may write.
struct ClampRange {
  int32_t min = -128;
  int32_t max = 127;
  bool operator==(const ClampRange&) const = default;
};

// The clamp of a fused activation in int8 codes of `output`, whose scale is
// positive and whose zero point is an int8. The division is done in float, as
// in TFLite (CalculateActivationRangeQuantized).
ClampRange ActivationRange(Activation activation, const Quantization& output);

}  // namespace msf
