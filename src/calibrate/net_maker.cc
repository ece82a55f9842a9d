// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "calibrate/net_maker.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

namespace msf {
namespace {

constexpr float kScale = 0.04f;  // of activations: codes reach about +-5

Shape ShapeOf(const Hwc& hwc) { return {1, hwc.h, hwc.w, hwc.c}; }

struct Span {
  int32_t before = 0;
  int32_t after = 0;
};

// Padding along one dimension, as TFLite resolves SAME.
Span PaddingOf(int32_t size, int32_t kernel, int32_t stride, bool same) {
  if (!same) return {};
  const int32_t out = (size + stride - 1) / stride;
  const int32_t total = std::max(0, (out - 1) * stride + kernel - size);
  return {total / 2, total - total / 2};
}

std::shared_ptr<const std::vector<uint8_t>> RandomBytesOf(int64_t size,
                                                          BenchDice& dice) {
  auto bytes = std::make_shared<std::vector<uint8_t>>();
  for (int64_t i = 0; i < size; ++i) {
    bytes->push_back(static_cast<uint8_t>(dice.Int(-127, 127)));
  }
  return bytes;
}

}  // namespace

Window WindowOf(const BenchWindow& c, const Hwc& in) {
  const int32_t tall = (c.kernel_h - 1) * c.dilation + 1;
  const int32_t wide = (c.kernel_w - 1) * c.dilation + 1;
  const Span rows = PaddingOf(in.h, tall, c.stride, c.same);
  const Span columns = PaddingOf(in.w, wide, c.stride, c.same);
  return {.kernel_h = c.kernel_h,
          .kernel_w = c.kernel_w,
          .stride_h = c.stride,
          .stride_w = c.stride,
          .dilation_h = c.dilation,
          .dilation_w = c.dilation,
          .pad = {rows.before, rows.after, columns.before, columns.after}};
}

Hwc OutputOf(const Window& w, const Hwc& in, int32_t channels) {
  const int32_t tall = (w.kernel_h - 1) * w.dilation_h + 1;
  const int32_t wide = (w.kernel_w - 1) * w.dilation_w + 1;
  return {(in.h + w.pad.top + w.pad.bottom - tall) / w.stride_h + 1,
          (in.w + w.pad.left + w.pad.right - wide) / w.stride_w + 1, channels};
}

TensorId NetMaker::AddTensor(Hwc hwc, DType dtype, float scale) {
  Tensor tensor{.name = "t" + std::to_string(graph_.tensors.size()),
                .dtype = dtype,
                .shape = ShapeOf(hwc),
                .hwc = hwc};
  if (dtype == DType::kInt8) {
    tensor.quant = {.scales = {scale}, .zero_points = {dice_.Int(-128, 20)}};
  }
  graph_.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(graph_.tensors.size()) - 1;
}

TensorId NetMaker::AddNode(Attrs attrs, std::vector<TensorId> inputs, Hwc hwc,
                           float scale, DType dtype) {
  const TensorId output = AddTensor(hwc, dtype, scale);
  graph_.nodes.push_back(
      {.attrs = std::move(attrs),
       .inputs = std::move(inputs),
       .outputs = {output},
       .source_index = static_cast<int32_t>(graph_.nodes.size())});
  return output;
}

Activation NetMaker::AnyActivation() {
  return dice_.OneIn(3) ? Activation::kNone : Activation::kRelu6;
}

TensorId NetMaker::Input(Hwc hwc, DType dtype) {
  const TensorId id = AddTensor(hwc, dtype, kScale);
  const Tensor& tensor = graph_.tensor(id);
  graph_.inputs.push_back(
      {id, tensor.name, tensor.dtype, tensor.shape, tensor.quant});
  return id;
}

void NetMaker::Output(TensorId id) {
  const Tensor& tensor = graph_.tensor(id);
  graph_.outputs.push_back(
      {id, tensor.name, tensor.dtype, tensor.shape, tensor.quant});
}

// Scales per channel, now and then one for all; sums that reach about 5.
TensorId NetMaker::Weights(Shape shape, int32_t channels, int32_t axis,
                           int64_t taps) {
  int64_t elements = 1;
  for (const int32_t n : shape) elements *= n;
  const bool per_channel = !dice_.OneIn(4);
  const float scale = 1.0f / (73.0f * std::sqrt(static_cast<float>(taps)));
  Tensor tensor{.name = "weights",
                .dtype = DType::kInt8,
                .shape = std::move(shape),
                .data = RandomBytesOf(elements, dice_)};
  tensor.hwc = CanonicalHwc(tensor.shape);
  tensor.quant.axis = axis;
  for (int32_t i = 0; i < (per_channel ? channels : 1); ++i) {
    tensor.quant.scales.push_back(
        scale * (0.75f + 0.005f * static_cast<float>(dice_.Int(0, 100))));
    tensor.quant.zero_points.push_back(0);
  }
  graph_.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(graph_.tensors.size()) - 1;
}

TensorId NetMaker::Conv2D(TensorId x, const BenchWindow& choice,
                          int32_t channels) {
  const Hwc in = hwc(x);
  const Window window = WindowOf(choice, in);
  const int64_t taps = int64_t{window.kernel_h} * window.kernel_w * in.c;
  const TensorId weights =
      Weights({channels, window.kernel_h, window.kernel_w, in.c}, channels, 0,
              taps);
  return AddNode(Conv2DAttrs{window, AnyActivation()}, {x, weights, kNoTensor},
                 OutputOf(window, in, channels), kScale);
}

TensorId NetMaker::DepthwiseConv2D(TensorId x, const BenchWindow& choice,
                                   int32_t multiplier) {
  const Hwc in = hwc(x);
  const Window window = WindowOf(choice, in);
  const int32_t channels = in.c * multiplier;
  const TensorId weights =
      Weights({1, window.kernel_h, window.kernel_w, channels}, channels, 3,
              int64_t{window.kernel_h} * window.kernel_w);
  return AddNode(DepthwiseConv2DAttrs{window, multiplier, AnyActivation()},
                 {x, weights, kNoTensor}, OutputOf(window, in, channels),
                 kScale);
}

TensorId NetMaker::Pool(TensorId x, const BenchWindow& choice, bool average) {
  const Hwc in = hwc(x);
  const Window window = WindowOf(choice, in);
  const Hwc out = OutputOf(window, in, in.c);
  const Attrs attrs = average ? Attrs(AveragePool2DAttrs{window, {}})
                              : Attrs(MaxPool2DAttrs{window, {}});
  const TensorId y = AddNode(attrs, {x}, out, kScale);
  graph_.tensor(y).quant = graph_.tensor(x).quant;
  return y;
}

TensorId NetMaker::FullyConnected(TensorId x, int32_t units) {
  const Hwc in = hwc(x);
  const int32_t depth = in.h * in.w * in.c;
  const TensorId weights = Weights({units, depth}, units, 0, depth);
  return AddNode(FullyConnectedAttrs{AnyActivation()}, {x, weights, kNoTensor},
                 {1, 1, units}, kScale);
}

void NetMaker::Rescale(TensorId id, float factor) {
  graph_.tensor(id).quant.scales[0] *= factor;
}

TensorId NetMaker::Add(TensorId a, TensorId b) {
  const TensorId y = AddNode(AddAttrs{AnyActivation()}, {a, b}, hwc(a), kScale);
  graph_.tensor(y).quant.scales[0] *= 1.5f;
  return y;
}

TensorId NetMaker::AddConstant(TensorId x) {
  const Hwc in = hwc(x);
  const TensorId constant = AddTensor(in, DType::kInt8, kScale);
  graph_.tensor(constant).data =
      RandomBytesOf(graph_.tensor(constant).bytes(), dice_);
  Rescale(constant, dice_.OneIn(3) ? 1.0f / 64 : 0.6f);
  return AddNode(AddAttrs{}, {x, constant}, in, kScale);
}

TensorId NetMaker::Mean(TensorId x, const MeanAttrs& axes) {
  const Hwc in = hwc(x);
  const Hwc out = {axes.reduce_h ? 1 : in.h, axes.reduce_w ? 1 : in.w,
                   axes.reduce_c ? 1 : in.c};
  return AddNode(axes, {x, kNoTensor}, out, kScale / 4);
}

TensorId NetMaker::Pad(TensorId x, const PadAttrs& attrs) {
  const Hwc in = hwc(x);
  const Hwc out = {in.h + attrs.pad.top + attrs.pad.bottom,
                   in.w + attrs.pad.left + attrs.pad.right,
                   in.c + attrs.channels_before + attrs.channels_after};
  return AddNode(attrs, {x, kNoTensor}, out, kScale);
}

TensorId NetMaker::Quantize(TensorId x) {
  // Above and below a factor of 2, which have loops of their own.
  const float factor = dice_.OneIn(2) ? 3.0f : 1.3f;
  return AddNode(QuantizeAttrs{}, {x}, hwc(x), factor * kScale);
}

TensorId NetMaker::Dequantize(TensorId x) {
  return AddNode(DequantizeAttrs{}, {x}, hwc(x), 0, DType::kFloat32);
}

TensorId NetMaker::Relu(TensorId x) {
  const float factor = dice_.OneIn(2) ? 2.5f : 1.2f;
  return AddNode(ReluAttrs{}, {x}, hwc(x), factor * kScale);
}

TensorId NetMaker::Reshape(TensorId x, Hwc hwc) {
  return AddNode(ReshapeAttrs{}, {x, kNoTensor}, hwc, kScale);
}

TensorId NetMaker::Softmax(TensorId x) {
  const TensorId y = AddNode(SoftmaxAttrs{1.0f}, {x}, hwc(x), 1.0f / 256);
  graph_.tensor(y).quant.zero_points[0] = -128;
  return y;
}

TensorId NetMaker::Transpose(TensorId x) {
  const Hwc in = hwc(x);
  return AddNode(TransposeAttrs{{0, 2, 1, 3}}, {x, kNoTensor},
                 {in.w, in.h, in.c}, kScale);
}

}  // namespace msf
