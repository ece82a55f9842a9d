// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "ops/quantize.h"

#include <algorithm>
#include <cmath>

namespace msf {
namespace {

constexpr int64_t kOne = int64_t{1} << 31;  // 1.0 in the multiplier's Q31

// The code of the real number `value`, clamped to int8. Compared as a float
// because a tiny scale makes the quotient larger than any integer type.
int32_t Code(float value, const Quantization& quant) {
  const float steps = std::round(value / quant.scale());
  if (!(steps > -512.0f)) return -128;
  if (steps > 512.0f) return 127;
  return std::clamp(quant.zero_point() + static_cast<int32_t>(steps), -128,
                    127);
}

}  // namespace

QuantizedMultiplier QuantizeMultiplier(double real) {
  if (std::isnan(real) || real == 0.0) return {};
  int shift = 0;
  const double fraction = std::frexp(real, &shift);  // +-[1/2, 1)
  // 0.99999999999 rounds up to 1.0, which Q31 does not have. It has -1.0, and
  // TFLite leaves that alone.
  int64_t q31 = std::llround(fraction * static_cast<double>(kOne));
  if (q31 == kOne) {
    q31 /= 2;
    ++shift;
  }
  if (shift < -31) return {};
  if (shift > 30) {
    return {.multiplier = real > 0.0 ? INT32_MAX : INT32_MIN, .shift = 30};
  }
  return {.multiplier = static_cast<int32_t>(q31), .shift = shift};
}

ClampRange ActivationRange(Activation activation, const Quantization& output) {
  switch (activation) {
    case Activation::kNone:
      return {};
    case Activation::kRelu:
      return {.min = Code(0.0f, output), .max = 127};
    case Activation::kReluN1To1:
      return {.min = Code(-1.0f, output), .max = Code(1.0f, output)};
    case Activation::kRelu6:
      return {.min = Code(0.0f, output), .max = Code(6.0f, output)};
  }
  return {};
}

}  // namespace msf
