// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/graph_maker.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ops/op_def.h"
#include "support/check.h"

namespace msf {

FakeOptions WindowOptions(const WindowChoice& window) {
  return FakeOptions{{"stride_h", window.stride_h},
                     {"stride_w", window.stride_w},
                     {"dilation_h_factor", window.dilation_h},
                     {"dilation_w_factor", window.dilation_w},
                     {"filter_height", window.kernel_h},
                     {"filter_width", window.kernel_w},
                     {"padding", window.same ? 0 : 1}};
}

int32_t WindowOutput(int32_t size, int32_t kernel, int32_t stride,
                     int32_t dilation, bool same) {
  if (same) return (size + stride - 1) / stride;
  const int32_t span = (kernel - 1) * dilation + 1;
  return span > size ? 0 : (size - span) / stride + 1;
}

GraphMaker::GraphMaker(uint32_t seed) : dice_(seed) {
  graph_.source = "random-" + std::to_string(seed);
}

Quantization GraphMaker::AnyQuant() {
  const int32_t zero_point = dice_.OneIn(4)   ? -128
                             : dice_.OneIn(8) ? 127
                                              : dice_.Int(-40, 40);
  return Quant(dice_.Real(0.02f, 0.08f), zero_point);
}

TensorId GraphMaker::Input(Shape shape, DType dtype) {
  const bool is_float = dtype == DType::kFloat32;
  const TensorId id = AddTensor(graph_, dtype, std::move(shape),
                                is_float ? Quantization{} : AnyQuant());
  const Tensor& tensor = graph_.tensor(id);
  Bytes bytes(static_cast<size_t>(tensor.bytes()));
  for (size_t i = 0; i < bytes.size(); i += is_float ? 4 : 1) {
    const int32_t code = dice_.Int(-128, 127);
    const float value = static_cast<float>(code) / 128.0f;
    if (is_float)
      std::memcpy(&bytes[i], &value, sizeof(value));
    else
      bytes[i] = static_cast<uint8_t>(code);
  }
  graph_.inputs.push_back({.tensor = id,
                           .name = "in" + std::to_string(id),
                           .dtype = dtype,
                           .shape = tensor.shape,
                           .quant = tensor.quant});
  values_.resize(graph_.tensors.size());
  values_.back() = std::move(bytes);
  return id;
}

void GraphMaker::Output(TensorId id) {
  const Tensor& tensor = graph_.tensor(id);
  graph_.outputs.push_back({.tensor = id,
                            .name = "out" + std::to_string(id),
                            .dtype = tensor.dtype,
                            .shape = tensor.shape,
                            .quant = tensor.quant});
}

// Parses the node and runs its reference.
void GraphMaker::Evaluate(Node& node, const Request& request,
                          Activation activation) {
  const OpDef* op = FindTfliteOp(request.op);
  FakeOptions options = request.options;
  options.Set("fused_activation_function", static_cast<int64_t>(activation));
  Result<Attrs> attrs = op->parse(options, graph_, node);
  if (!attrs) {
    std::fprintf(stderr, "%s: %s refused: %s\n%s", graph_.source.c_str(),
                 request.op, ToString(attrs.error()).c_str(),
                 Dump(graph_).c_str());
  }
  MSF_CHECK(attrs.has_value());
  node.attrs = std::move(*attrs);
  std::vector<const uint8_t*> inputs;
  for (TensorId id : node.inputs) {
    if (id == kNoTensor)
      inputs.push_back(nullptr);
    else if (graph_.tensor(id).IsConstant())
      inputs.push_back(graph_.tensor(id).data->data());
    else
      inputs.push_back(values_[static_cast<size_t>(id)].data());
  }
  const auto out = static_cast<size_t>(node.outputs[0]);
  values_[out].resize(static_cast<size_t>(graph_.tensors[out].bytes()));
  op->reference(graph_, node, inputs, values_[out].data());
}

// Scales and shifts the output until codes fill a good part of int8.
void GraphMaker::Calibrate(Node& node, const Request& request) {
  const auto out = static_cast<size_t>(node.outputs[0]);
  for (int tries = 0; tries < 12; ++tries) {
    Evaluate(node, request, Activation::kNone);
    int64_t at_low = 0;
    int64_t at_high = 0;
    int32_t low = 127;
    int32_t high = -128;
    for (uint8_t byte : values_[out]) {
      const int32_t code = static_cast<int8_t>(byte);
      low = std::min(low, code);
      high = std::max(high, code);
      at_low += code == -128;
      at_high += code == 127;
    }
    Quantization& quant = graph_.tensors[out].quant;
    const auto count = static_cast<int64_t>(values_[out].size());
    if ((at_low + at_high) * 4 > count) {
      quant.scales[0] *= 1.5f;
      const int32_t shift = at_low > at_high ? 35 : -35;
      quant.zero_points[0] =
          std::clamp(quant.zero_points[0] + shift, -128, 127);
    } else if (high - low < 30 && count > 3 && quant.scales[0] > 0.004f) {
      quant.scales[0] *= 0.6f;
    } else {
      break;
    }
  }
  // As converters quantise what has no values below 0.
  const bool cut = request.activation == Activation::kRelu ||
                   request.activation == Activation::kRelu6;
  if (cut && dice_.OneIn(2)) graph_.tensors[out].quant.zero_points[0] = -128;
}

TensorId GraphMaker::AddNode(Request request) {
  const TensorId out =
      AddTensor(graph_, request.dtype, request.shape, request.quant);
  graph_.tensor(out).source_index = out;
  values_.resize(graph_.tensors.size());
  Node node;
  node.inputs = request.inputs;
  node.outputs = {out};
  node.source_index = static_cast<int32_t>(graph_.nodes.size());
  if (request.calibrate) Calibrate(node, request);
  Evaluate(node, request, request.activation);
  graph_.nodes.push_back(std::move(node));
  return out;
}

TensorId GraphMaker::Weights(Shape shape, int32_t channels, int32_t axis,
                             int64_t taps) {
  size_t count = 1;
  for (int32_t dim : shape) count *= static_cast<size_t>(dim);
  std::vector<int8_t> values(count);
  for (int8_t& value : values)
    value = static_cast<int8_t>(dice_.Int(-127, 127));
  Quantization quant = {.scales = {}, .zero_points = {}, .axis = axis};
  const int32_t scales = dice_.OneIn(3) ? 1 : channels;
  const float typical = 0.8f / (74.0f * std::sqrt(static_cast<float>(taps)));
  for (int32_t i = 0; i < scales; ++i) {
    quant.scales.push_back(typical * dice_.Real(0.6f, 1.4f));
    quant.zero_points.push_back(0);
  }
  return AddConstant(graph_, DType::kInt8, std::move(shape), values,
                     std::move(quant));
}

TensorId GraphMaker::Bias(int32_t channels, int64_t taps) {
  if (dice_.OneIn(4)) return kNoTensor;
  const auto limit =
      static_cast<int32_t>(2000.0f * std::sqrt(static_cast<float>(taps)));
  std::vector<int32_t> values(static_cast<size_t>(channels));
  for (int32_t& value : values) value = dice_.Int(-limit, limit);
  return AddConstant(graph_, DType::kInt32, {channels}, values);
}

TensorId GraphMaker::Int32s(const std::vector<int32_t>& values) {
  return AddConstant(graph_, DType::kInt32,
                     {static_cast<int32_t>(values.size())}, values);
}

std::vector<TensorId> GraphMaker::WeightedInputs(TensorId x, Shape weights,
                                                 int32_t channels, int32_t axis,
                                                 int64_t taps) {
  const TensorId w = Weights(std::move(weights), channels, axis, taps);
  const TensorId bias = Bias(channels, taps);
  return {x, w, bias};
}

TensorId GraphMaker::Conv2D(TensorId x, const WindowChoice& window,
                            int32_t channels) {
  const Shape in = shape(x);
  const int64_t taps = int64_t{window.kernel_h} * window.kernel_w * in[3];
  return AddNode(
      {.op = "CONV_2D",
       .options = WindowOptions(window),
       .inputs = WeightedInputs(
           x, {channels, window.kernel_h, window.kernel_w, in[3]}, channels, 0,
           taps),
       .shape = {1,
                 WindowOutput(in[1], window.kernel_h, window.stride_h,
                              window.dilation_h, window.same),
                 WindowOutput(in[2], window.kernel_w, window.stride_w,
                              window.dilation_w, window.same),
                 channels},
       .quant = AnyQuant(),
       .activation = window.activation,
       .calibrate = true});
}

TensorId GraphMaker::DepthwiseConv2D(TensorId x, const WindowChoice& window,
                                     int32_t multiplier) {
  const Shape in = shape(x);
  const int32_t channels = in[3] * multiplier;
  return AddNode(
      {.op = "DEPTHWISE_CONV_2D",
       .options = WindowOptions(window).Set("depth_multiplier", multiplier),
       .inputs = WeightedInputs(
           x, {1, window.kernel_h, window.kernel_w, channels}, channels, 3,
           int64_t{window.kernel_h} * window.kernel_w),
       .shape = {1,
                 WindowOutput(in[1], window.kernel_h, window.stride_h,
                              window.dilation_h, window.same),
                 WindowOutput(in[2], window.kernel_w, window.stride_w,
                              window.dilation_w, window.same),
                 channels},
       .quant = AnyQuant(),
       .activation = window.activation,
       .calibrate = true});
}

TensorId GraphMaker::Pool(const char* op, TensorId x,
                          const WindowChoice& window) {
  const Shape in = shape(x);
  return AddNode({.op = op,
                  .options = WindowOptions(window),
                  .inputs = {x},
                  .shape = {1,
                            WindowOutput(in[1], window.kernel_h,
                                         window.stride_h, 1, window.same),
                            WindowOutput(in[2], window.kernel_w,
                                         window.stride_w, 1, window.same),
                            in[3]},
                  .quant = graph_.tensor(x).quant,
                  .activation = window.activation});
}

TensorId GraphMaker::MaxPool2D(TensorId x, const WindowChoice& window) {
  return Pool("MAX_POOL_2D", x, window);
}
TensorId GraphMaker::AveragePool2D(TensorId x, const WindowChoice& window) {
  return Pool("AVERAGE_POOL_2D", x, window);
}

TensorId GraphMaker::FullyConnected(TensorId x, int32_t depth, int32_t units,
                                    Activation activation) {
  const auto vectors = static_cast<int32_t>(elements(x) / depth);
  return AddNode({.op = "FULLY_CONNECTED",
                  .options = {},
                  .inputs = WeightedInputs(x, {units, depth}, units, 0, depth),
                  .shape = {vectors, units},
                  .quant = AnyQuant(),
                  .activation = activation,
                  .calibrate = true});
}

TensorId GraphMaker::Add(TensorId a, TensorId b, Activation activation) {
  Shape sum = shape(a);
  if (elements(b) > elements(a)) sum = shape(b);
  return AddNode({.op = "ADD",
                  .options = {},
                  .inputs = {a, b},
                  .shape = std::move(sum),
                  .quant = AnyQuant(),
                  .activation = activation,
                  .calibrate = true});
}

TensorId GraphMaker::AddTo(TensorId x, Shape constant_shape) {
  size_t count = 1;
  for (int32_t dim : constant_shape) count *= static_cast<size_t>(dim);
  std::vector<int8_t> values(count);
  for (int8_t& value : values) value = static_cast<int8_t>(dice_.Int(-60, 60));
  const TensorId constant =
      AddConstant(graph_, DType::kInt8, std::move(constant_shape), values,
                  Quant(graph_.tensor(x).quant.scale(), dice_.Int(-9, 9)));
  Shape sum = shape(x);
  std::vector<TensorId> inputs = {x, constant};
  if (dice_.OneIn(3)) std::swap(inputs[0], inputs[1]);
  return AddNode({.op = "ADD",
                  .options = {},
                  .inputs = std::move(inputs),
                  .shape = std::move(sum),
                  .quant = AnyQuant(),
                  .calibrate = true});
}

TensorId GraphMaker::Mean(TensorId x, const std::vector<int32_t>& axes,
                          Shape shape) {
  return AddNode({.op = "MEAN",
                  .options = {},
                  .inputs = {x, Int32s(axes)},
                  .shape = std::move(shape),
                  .quant = AnyQuant(),
                  .calibrate = true});
}

TensorId GraphMaker::Pad(TensorId x, const std::vector<int32_t>& paddings,
                         bool keep_scale, int32_t value) {
  Shape padded = shape(x);
  for (size_t d = 0; d < padded.size(); ++d) {
    padded[d] += paddings[2 * d] + paddings[2 * d + 1];
  }
  const Quantization quant = keep_scale ? graph_.tensor(x).quant : AnyQuant();
  std::vector<TensorId> inputs = {x, Int32s(paddings)};
  if (value >= -128) {
    inputs.push_back(AddConstant(graph_, DType::kInt8, {1},
                                 std::vector{static_cast<int8_t>(value)},
                                 quant));
  }
  return AddNode({.op = "PAD",
                  .options = {},
                  .inputs = std::move(inputs),
                  .shape = std::move(padded),
                  .quant = quant});
}

TensorId GraphMaker::Quantize(TensorId x, bool keep_scale) {
  const Tensor& in = graph_.tensor(x);
  const bool is_float = in.dtype == DType::kFloat32;
  const Quantization quant = keep_scale && !is_float ? in.quant : AnyQuant();
  return AddNode({.op = "QUANTIZE",
                  .options = {},
                  .inputs = {x},
                  .shape = in.shape,
                  .quant = quant,
                  .calibrate = !keep_scale || is_float});
}

TensorId GraphMaker::Dequantize(TensorId x) {
  return AddNode({.op = "DEQUANTIZE",
                  .options = {},
                  .inputs = {x},
                  .shape = shape(x),
                  .quant = {},
                  .dtype = DType::kFloat32});
}

TensorId GraphMaker::Relu(TensorId x, bool keep_scale) {
  const Quantization quant = keep_scale ? graph_.tensor(x).quant : AnyQuant();
  return AddNode({.op = "RELU",
                  .options = {},
                  .inputs = {x},
                  .shape = shape(x),
                  .quant = quant});
}

TensorId GraphMaker::Relu6(TensorId x) {
  return AddNode({.op = "RELU6",
                  .options = {},
                  .inputs = {x},
                  .shape = shape(x),
                  .quant = graph_.tensor(x).quant});
}

TensorId GraphMaker::Reshape(TensorId x, Shape shape, bool keep_scale) {
  const Quantization quant = keep_scale ? graph_.tensor(x).quant : AnyQuant();
  return AddNode({.op = "RESHAPE",
                  .options = {},
                  .inputs = {x},
                  .shape = std::move(shape),
                  .quant = quant,
                  .dtype = graph_.tensor(x).dtype});
}

TensorId GraphMaker::Softmax(TensorId x) {
  return AddNode({.op = "SOFTMAX",
                  .options = FakeOptions().SetFloat("beta", 1.0f),
                  .inputs = {x},
                  .shape = shape(x),
                  .quant = Quant(1.0f / 256, -128)});
}

TensorId GraphMaker::Transpose(TensorId x,
                               const std::vector<int32_t>& permutation) {
  Shape moved;
  for (int32_t d : permutation) {
    moved.push_back(shape(x)[static_cast<size_t>(d)]);
  }
  return AddNode({.op = "TRANSPOSE",
                  .options = {},
                  .inputs = {x, Int32s(permutation)},
                  .shape = std::move(moved),
                  .quant = graph_.tensor(x).quant});
}

}  // namespace msf
