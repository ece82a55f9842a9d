// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "passes/fold_pad.h"

namespace msf {
namespace {

Window* ConvolutionWindow(Node& node) {
  if (auto* conv = std::get_if<Conv2DAttrs>(&node.attrs)) {
    return &conv->window;
  }
  if (auto* depthwise = std::get_if<DepthwiseConv2DAttrs>(&node.attrs)) {
    return &depthwise->window;
  }
  return nullptr;
}

bool IsFoldable(const Graph& graph, const Node& pad, const PadAttrs& attrs) {
  const Quantization& in = graph.tensor(pad.inputs[0]).quant;
  const Quantization& out = graph.tensor(pad.outputs[0]).quant;
  return attrs.channels_before == 0 && attrs.channels_after == 0 &&
         attrs.value == out.zero_point() && in.scale() == out.scale() &&
         in.zero_point() == out.zero_point();
}

}  // namespace

Result<bool> FoldPad(Graph& graph) {
  bool changed = false;
  // From the last to the first: a Pad may read another one.
  for (size_t n = graph.nodes.size(); n-- > 0;) {
    const Node& pad = graph.nodes[n];
    const auto* attrs = std::get_if<PadAttrs>(&pad.attrs);
    if (attrs == nullptr || !IsFoldable(graph, pad, *attrs)) continue;
    for (Node& reader : graph.nodes) {
      Window* window = ConvolutionWindow(reader);
      if (window == nullptr || reader.inputs[0] != pad.outputs[0]) continue;
      window->pad.top += attrs->pad.top;
      window->pad.bottom += attrs->pad.bottom;
      window->pad.left += attrs->pad.left;
      window->pad.right += attrs->pad.right;
      reader.inputs[0] = pad.inputs[0];
      changed = true;
    }
  }
  return changed;
}

}  // namespace msf
