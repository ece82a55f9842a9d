// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "bench/paper/graph.h"

#include <memory>
#include <utility>
#include <vector>

#include "support/check.h"

namespace msf::paper {
namespace {

int32_t Narrow(int64_t number) { return static_cast<int32_t>(number); }

TensorId AddTensor(Graph& graph, std::string name, Shape shape) {
  Tensor tensor{.name = std::move(name),
                .source_index = Narrow(std::ssize(graph.tensors)),
                .shape = std::move(shape),
                .quant = {.scales = {0.5f}, .zero_points = {0}}};
  tensor.hwc = CanonicalHwc(tensor.shape);
  graph.tensors.push_back(std::move(tensor));
  return Narrow(std::ssize(graph.tensors)) - 1;
}

TensorId AddMap(Graph& graph, std::string name, int64_t side,
                int64_t channels) {
  return AddTensor(graph, std::move(name),
                   {1, Narrow(side), Narrow(side), Narrow(channels)});
}

TensorId AddWeights(Graph& graph, const SizedLayer& sized) {
  const int32_t kernel = Narrow(sized.layer.kernel);
  const bool is_conv = sized.layer.kind == LayerKind::kConv;
  const int32_t filters = is_conv ? Narrow(sized.layer.channels) : 1;
  const TensorId id = AddTensor(
      graph, "weights", {filters, kernel, kernel, Narrow(sized.channels)});
  Tensor& weights = graph.tensor(id);
  weights.data = std::make_shared<const std::vector<uint8_t>>(
      static_cast<size_t>(weights.bytes()));
  return id;
}

Attrs AttrsOf(const Layer& layer) {
  const int32_t pad = Narrow(layer.padding);
  const Window window{
      .kernel_h = Narrow(layer.kernel),
      .kernel_w = Narrow(layer.kernel),
      .stride_h = Narrow(layer.stride),
      .stride_w = Narrow(layer.stride),
      .pad = {.top = pad, .bottom = pad, .left = pad, .right = pad}};
  if (layer.kind == LayerKind::kConv) return Conv2DAttrs{.window = window};
  return DepthwiseConv2DAttrs{.window = window};
}

// Reads `map` and returns the map that it writes.
TensorId AddLayer(Graph& graph, const SizedLayer& sized, TensorId map) {
  const int32_t index = Narrow(std::ssize(graph.nodes));
  const TensorId weights = AddWeights(graph, sized);
  const TensorId output = AddMap(graph, "layer " + std::to_string(index),
                                 sized.out_side, sized.layer.channels);
  graph.nodes.push_back({.attrs = AttrsOf(sized.layer),
                         .inputs = {map, weights, kNoTensor},
                         .outputs = {output},
                         .source_index = index});
  return output;
}

Port PortOf(const Graph& graph, TensorId id) {
  const Tensor& tensor = graph.tensor(id);
  return {.tensor = id,
          .name = tensor.name,
          .dtype = tensor.dtype,
          .shape = tensor.shape,
          .quant = tensor.quant};
}

}  // namespace

Graph BuildGraph(const std::string& name, const Network& network) {
  Graph graph{.source = name};
  TensorId map = AddMap(graph, "input", network.side, network.channels);
  graph.inputs.push_back(PortOf(graph, map));
  for (const SizedLayer& layer : SizeLayers(network)) {
    map = AddLayer(graph, layer, map);
  }
  graph.outputs.push_back(PortOf(graph, map));
  MSF_CHECK(VerifyGraph(graph).has_value());
  return graph;
}

}  // namespace msf::paper
