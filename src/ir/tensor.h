// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace msf {

enum class DType { kInt8, kUInt8, kInt16, kInt32, kInt64, kFloat32, kBool };

int32_t ByteSize(DType dtype);
const char* ToString(DType dtype);  // "INT8", as TFLite writes it

using Shape = std::vector<int32_t>;  // as in the file, batch included

std::string ToString(const Shape& shape);  // "1x96x96x3"; "scalar" if empty

// How every room after the importer sees an activation: rows of w x c
// elements, in memory order. Batch is 1 (see CanonicalHwc).
struct Hwc {
  int32_t h = 1;
  int32_t w = 1;
  int32_t c = 1;
  bool operator==(const Hwc&) const = default;
};

std::string ToString(const Hwc& hwc);  // "96x96x3"

// The rows of a tensor of this shape; bytes keep their order.
//   []           -> 1 x 1 x 1
//   [c]          -> 1 x 1 x c
//   [a, c]       -> a x 1 x c
//   [1, b, c]    -> b x 1 x c,      [a, b, c] -> a x b x c
//   [n, h, w, c] -> n*h x w x c
//   longer       -> product of all but the last x 1 x last
Hwc CanonicalHwc(const Shape& shape);

// value = scale * (q - zero_point). One scale, or one for each output channel
// along `axis` of a weight tensor.
struct Quantization {
  std::vector<float> scales;
  std::vector<int32_t> zero_points;
  int32_t axis = 0;

  bool IsQuantized() const { return !scales.empty(); }
  bool IsPerChannel() const { return scales.size() > 1; }
  float scale() const { return scales.empty() ? 0.0f : scales[0]; }
  int32_t zero_point() const {
    return zero_points.empty() ? 0 : zero_points[0];
  }
  bool operator==(const Quantization&) const = default;
};

struct Tensor {
  std::string name;
  int32_t source_index = -1;  // tensor index in the file; -1 if made by a pass
  DType dtype = DType::kInt8;
  Shape shape;  // as in the file
  Hwc hwc;      // what kernels see; starts as CanonicalHwc(shape)
  Quantization quant;
  // Bytes of a constant (weights, bias, paddings); null for activations.
  std::shared_ptr<const std::vector<uint8_t>> data;

  bool IsConstant() const { return data != nullptr; }
  int64_t elements() const {
    return static_cast<int64_t>(hwc.h) * hwc.w * hwc.c;
  }
  int64_t bytes() const { return elements() * ByteSize(dtype); }
  int64_t row_bytes() const {
    return static_cast<int64_t>(hwc.w) * hwc.c * ByteSize(dtype);
  }
  // The constant's elements. Requires IsConstant() and sizeof(T) to fit dtype.
  template <typename T>
  const T* values() const {
    return reinterpret_cast<const T*>(data->data());
  }
};

}  // namespace msf
