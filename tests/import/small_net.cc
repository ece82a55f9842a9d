// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/import/small_net.h"

#include <numeric>
#include <utility>

#include "tests/ops/test_graph.h"

namespace msf {
namespace {

Quantization PerChannel(std::vector<float> scales, int32_t axis) {
  const std::vector<int32_t> zeros(scales.size(), 0);
  return {.scales = std::move(scales), .zero_points = zeros, .axis = axis};
}

// 1, 2, 3, ... in as many elements as the shape has.
template <typename T>
void AddCount(Graph& graph, DType dtype, Shape shape, Quantization quant) {
  const Hwc hwc = CanonicalHwc(shape);
  std::vector<T> values(static_cast<size_t>(hwc.h * hwc.w * hwc.c));
  std::iota(values.begin(), values.end(), T{1});
  AddConstant(graph, dtype, std::move(shape), values, std::move(quant));
}

void AddTensors(Graph& graph) {
  constexpr DType kI8 = DType::kInt8;
  constexpr DType kI32 = DType::kInt32;
  AddTensor(graph, kI8, {1, 6, 5, 2}, Quant(0.5f, -1));
  AddCount<int8_t>(graph, kI8, {3, 3, 3, 2},
                   PerChannel({0.01f, 0.02f, 0.03f}, 0));
  AddCount<int32_t>(graph, kI32, {3}, PerChannel({0.005f, 0.01f, 0.015f}, 0));
  AddTensor(graph, kI8, {1, 6, 5, 3}, Quant(0.25f, 3));
  AddCount<int8_t>(graph, kI8, {1, 3, 3, 3},
                   PerChannel({0.04f, 0.05f, 0.06f}, 3));
  AddTensor(graph, kI8, {1, 6, 5, 3}, Quant(0.125f, -5));
  AddTensor(graph, kI8, {1, 6, 5, 3}, Quant(0.3f, 0));
  AddTensor(graph, kI8, {1, 3, 2, 3}, Quant(0.3f, 0));
  AddConstant<int32_t>(graph, kI32, {2}, {1, 18});
  AddTensor(graph, kI8, {1, 18}, Quant(0.3f, 0));
  AddCount<int8_t>(graph, kI8, {4, 18}, Quant(0.02f, 0));
  AddCount<int32_t>(graph, kI32, {4}, Quant(0.006f, 0));
  AddTensor(graph, kI8, {1, 4}, Quant(0.1f, 7));
  AddTensor(graph, kI8, {1, 4}, Quant(1.0f / 256, -128));
  constexpr const char* kNames[] = {
      "input", "conv/w", "conv/b",    "conv", "dw/w", "dw",    "sum",
      "pool",  "shape",  "flattened", "fc/w", "fc/b", "dense", "softmax"};
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    graph.tensors[i].name = kNames[i];
    graph.tensors[i].source_index = static_cast<int32_t>(i);
  }
}

void AddNode(Graph& graph, Attrs attrs, std::vector<TensorId> inputs,
             TensorId output) {
  graph.nodes.push_back(
      {.attrs = std::move(attrs),
       .inputs = std::move(inputs),
       .outputs = {output},
       .source_index = static_cast<int32_t>(graph.nodes.size())});
}

Port PortOf(const Graph& graph, TensorId id, const char* name) {
  const Tensor& tensor = graph.tensor(id);
  return {.tensor = id,
          .name = name,
          .dtype = tensor.dtype,
          .shape = tensor.shape,
          .quant = tensor.quant};
}

}  // namespace

Graph SmallNet() {
  Graph graph;
  graph.source = "small.tflite";
  AddTensors(graph);
  Window same;
  same.kernel_h = same.kernel_w = 3;
  same.pad = {.top = 1, .bottom = 1, .left = 1, .right = 1};
  Window pool;
  pool.kernel_h = pool.kernel_w = pool.stride_h = pool.stride_w = 2;
  AddNode(graph, Conv2DAttrs{.window = same, .activation = Activation::kRelu6},
          {kInput, kConvWeights, kConvBias}, kConv);
  AddNode(graph,
          DepthwiseConv2DAttrs{
              .window = same, .multiplier = 1, .activation = Activation::kNone},
          {kConv, kDwWeights, kNoTensor}, kDw);
  AddNode(graph, AddAttrs{.activation = Activation::kRelu}, {kConv, kDw}, kSum);
  AddNode(graph,
          AveragePool2DAttrs{.window = pool, .activation = Activation::kNone},
          {kSum}, kPool);
  AddNode(graph, ReshapeAttrs{}, {kPool, kNewShape}, kFlat);
  AddNode(graph, FullyConnectedAttrs{}, {kFlat, kFcWeights, kFcBias}, kFc);
  AddNode(graph, SoftmaxAttrs{.beta = 1.0f}, {kFc}, kOutput);
  graph.inputs = {PortOf(graph, kInput, "image")};
  graph.outputs = {PortOf(graph, kOutput, "scores")};
  return graph;
}

}  // namespace msf
