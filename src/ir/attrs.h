// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

namespace msf {

// Clamp fused into an operator, in real numbers: none, [0, inf), [0, 6],
// [-1, 1]. Numbered as TFLite's ActivationFunctionType.
enum class Activation { kNone = 0, kRelu = 1, kReluN1To1 = 2, kRelu6 = 3 };

// Rows and columns of padding, resolved to numbers (SAME and VALID are gone).
struct Padding {
  int32_t top = 0;
  int32_t bottom = 0;
  int32_t left = 0;
  int32_t right = 0;
  bool operator==(const Padding&) const = default;
};

// The sliding window of a convolution or a pool over h and w.
struct Window {
  int32_t kernel_h = 1;
  int32_t kernel_w = 1;
  int32_t stride_h = 1;
  int32_t stride_w = 1;
  int32_t dilation_h = 1;
  int32_t dilation_w = 1;
  Padding pad;
};

// inputs: x, y. Both int8; shapes equal, or y (or x) a constant or activation
// that broadcasts (see ops/add.cc for what is supported).
struct AddAttrs {
  Activation activation = Activation::kNone;
};

// inputs: x. Padded taps do not count towards the average.
struct AveragePool2DAttrs {
  Window window;
  Activation activation = Activation::kNone;
};

// inputs: x [h, w, c], weights [oc, kh, kw, c] constant, bias [oc] int32
// constant or absent (-1).
struct Conv2DAttrs {
  Window window;
  Activation activation = Activation::kNone;
};

// inputs: x [h, w, c], weights [1, kh, kw, c * multiplier] constant, bias.
// Output channel o reads input channel o / multiplier.
struct DepthwiseConv2DAttrs {
  Window window;
  int32_t multiplier = 1;
  Activation activation = Activation::kNone;
};

// int8 -> float32.
struct DequantizeAttrs {};

// inputs: x (any shape, `batches` rows of `depth`), weights [units, depth]
// constant, bias.
struct FullyConnectedAttrs {
  Activation activation = Activation::kNone;
};

struct MaxPool2DAttrs {
  Window window;
  Activation activation = Activation::kNone;
};

// Mean over any of the dimensions of the input's Hwc.
struct MeanAttrs {
  bool reduce_h = false;
  bool reduce_w = false;
  bool reduce_c = false;
};

// Adds `value` around the input; channels too.
struct PadAttrs {
  Padding pad;
  int32_t channels_before = 0;
  int32_t channels_after = 0;
  int32_t value = 0;  // quantised
};

// float32 -> int8, or int8 -> int8 of another scale.
struct QuantizeAttrs {};

// max(x, 0), requantised from the input's scale to the output's.
struct ReluAttrs {};

// min(max(x, 0), 6); TFLite copies the codes, scales are taken as equal.
struct Relu6Attrs {};

// Copies bytes. The output may have another scale: TFLite copies all the same.
struct ReshapeAttrs {};

// Over the last dimension.
struct SoftmaxAttrs {
  float beta = 1.0f;
};

// Permutes the dimensions of the file's shape, not of Hwc.
struct TransposeAttrs {
  std::vector<int32_t> permutation;
};

#define MSF_OP(Name) , Name##Attrs
using Attrs = std::variant<std::monostate
#include "ir/ops.def"
                           >;
#undef MSF_OP

}  // namespace msf
