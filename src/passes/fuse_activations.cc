// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "passes/fuse_activations.h"

#include <algorithm>

#include "passes/edit.h"

namespace msf {
namespace {

Activation ActivationOf(const Node& node) {
  if (std::holds_alternative<ReluAttrs>(node.attrs)) return Activation::kRelu;
  if (std::holds_alternative<Relu6Attrs>(node.attrs)) {
    return Activation::kRelu6;
  }
  return Activation::kNone;
}

// The node's activation attribute; null if its operator has none.
Activation* FusedActivation(Node& node) {
  return std::visit(
      [](auto& attrs) -> Activation* {
        if constexpr (requires { attrs.activation; }) {
          return &attrs.activation;
        } else {
          return nullptr;
        }
      },
      node.attrs);
}

int64_t UsesOf(const Graph& graph, TensorId tensor) {
  int64_t uses = IsNetworkOutput(graph, tensor) ? 1 : 0;
  for (const Node& node : graph.nodes) {
    uses += std::count(node.inputs.begin(), node.inputs.end(), tensor);
  }
  return uses;
}

bool SameScale(const Quantization& a, const Quantization& b) {
  return a.scale() == b.scale() && a.zero_point() == b.zero_point();
}

}  // namespace

Result<bool> FuseActivations(Graph& graph) {
  bool changed = false;
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Activation activation = ActivationOf(graph.nodes[n]);
    if (activation == Activation::kNone) continue;
    const TensorId in = graph.nodes[n].inputs[0];
    const TensorId out = graph.nodes[n].outputs[0];
    const NodeId producer = Producers(graph)[static_cast<size_t>(in)];
    if (producer < 0 || UsesOf(graph, in) != 1 ||
        !SameScale(graph.tensor(in).quant, graph.tensor(out).quant)) {
      continue;
    }
    Node& before = graph.nodes[static_cast<size_t>(producer)];
    Activation* fused = FusedActivation(before);
    if (fused == nullptr || *fused != Activation::kNone) continue;
    *fused = activation;
    before.outputs[0] = out;
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(n));
    --n;
    changed = true;
  }
  return changed;
}

}  // namespace msf
