// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Fixed-point arithmetic for the reference implementations, straight from the
// definitions and independent of runtime/msf_math.h.
#pragma once

#include <algorithm>
#include <cstdint>

namespace msf {

// The int32 with the same low 32 bits.
inline int32_t WrapToInt32(int64_t x) {
  return static_cast<int32_t>(static_cast<uint32_t>(x));
}

// gemmlowp's SaturatingRoundingDoublingHighMul: 2ab / 2^32, to nearest.
inline int32_t ReferenceDoublingHighMul(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  const int64_t product = int64_t{a} * b;
  const int64_t half = int64_t{1} << 30;
  const int64_t nudged = product + (product >= 0 ? half : 1 - half);
  return static_cast<int32_t>(nudged / (int64_t{1} << 31));
}

// gemmlowp's RoundingDivideByPOT: x / 2^exponent, to nearest, ties away from
// zero.
inline int32_t ReferenceDivideByPowerOfTwo(int32_t x, int32_t exponent) {
  const int64_t divisor = int64_t{1} << exponent;
  const int64_t magnitude = x < 0 ? -int64_t{x} : int64_t{x};
  const int64_t rounded = (magnitude + divisor / 2) / divisor;
  return static_cast<int32_t>(x < 0 ? -rounded : rounded);
}

// TFLite's MultiplyByQuantizedMultiplier with double rounding:
// x * multiplier * 2^(shift - 31). The left shift wraps.
inline int32_t ReferenceRequantize(int32_t x, int32_t multiplier,
                                   int32_t shift) {
  const int64_t factor = int64_t{1} << std::max(shift, 0);
  return ReferenceDivideByPowerOfTwo(
      ReferenceDoublingHighMul(WrapToInt32(x * factor), multiplier),
      std::max(-shift, 0));
}

}  // namespace msf
