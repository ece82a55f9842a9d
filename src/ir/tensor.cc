// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "ir/tensor.h"

namespace msf {

int32_t ByteSize(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
    case DType::kUInt8:
    case DType::kBool:
      return 1;
    case DType::kInt16:
      return 2;
    case DType::kInt32:
    case DType::kFloat32:
      return 4;
    case DType::kInt64:
      return 8;
  }
  return 1;
}

const char* ToString(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
      return "INT8";
    case DType::kUInt8:
      return "UINT8";
    case DType::kBool:
      return "BOOL";
    case DType::kInt16:
      return "INT16";
    case DType::kInt32:
      return "INT32";
    case DType::kFloat32:
      return "FLOAT32";
    case DType::kInt64:
      return "INT64";
  }
  return "?";
}

std::string ToString(const Shape& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (int32_t dim : shape) {
    if (!text.empty()) text += "x";
    text += std::to_string(dim);
  }
  return text;
}

std::string ToString(const Hwc& hwc) {
  return std::to_string(hwc.h) + "x" + std::to_string(hwc.w) + "x" +
         std::to_string(hwc.c);
}

Hwc CanonicalHwc(const Shape& shape) {
  switch (shape.size()) {
    case 0:
      return {1, 1, 1};
    case 1:
      return {1, 1, shape[0]};
    case 2:
      return {shape[0], 1, shape[1]};
    case 3:
      if (shape[0] == 1) return {shape[1], 1, shape[2]};
      return {shape[0], shape[1], shape[2]};
    case 4:
      return {shape[0] * shape[1], shape[2], shape[3]};
    default: {
      int32_t rows = 1;
      for (size_t i = 0; i + 1 < shape.size(); ++i) rows *= shape[i];
      return {rows, 1, shape.back()};
    }
  }
}

}  // namespace msf
