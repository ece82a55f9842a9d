// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "passes/remove_noops.h"

#include <algorithm>

#include "passes/edit.h"

namespace msf {
namespace {

// Dimensions larger than 1 keep their order, so no byte moves.
bool MovesNoByte(const TransposeAttrs& transpose, const Shape& shape) {
  int32_t last = -1;
  for (int32_t dim : transpose.permutation) {
    if (shape[static_cast<size_t>(dim)] == 1) continue;
    if (dim < last) return false;
    last = dim;
  }
  return true;
}

bool HandsBytesOn(const Graph& graph, const Node& node) {
  const Tensor& in = graph.tensor(node.inputs[0]);
  const Tensor& out = graph.tensor(node.outputs[0]);
  if (const auto* pad = std::get_if<PadAttrs>(&node.attrs)) {
    return pad->pad == Padding{} && pad->channels_before == 0 &&
           pad->channels_after == 0;
  }
  if (const auto* transpose = std::get_if<TransposeAttrs>(&node.attrs)) {
    return MovesNoByte(*transpose, in.shape);
  }
  if (std::holds_alternative<QuantizeAttrs>(node.attrs)) {
    return in.dtype == out.dtype && in.quant.scale() == out.quant.scale() &&
           in.quant.zero_point() == out.quant.zero_point();
  }
  return std::holds_alternative<ReshapeAttrs>(node.attrs);
}

// Whether `node` computes the same from the bytes of its input, whatever rows
// they are cut into.
bool IgnoresRows(const Graph& graph, const Node& node) {
  if (std::holds_alternative<ReshapeAttrs>(node.attrs)) return true;
  if (!std::holds_alternative<FullyConnectedAttrs>(node.attrs)) return false;
  const Tensor& weights = graph.tensor(node.inputs[1]);
  return weights.shape.size() == 2 &&
         graph.tensor(node.inputs[0]).elements() == weights.shape[1];
}

bool ReadersIgnoreRows(const Graph& graph, TensorId tensor) {
  return std::all_of(
      graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
        return std::count(node.inputs.begin(), node.inputs.end(), tensor) ==
                   0 ||
               IgnoresRows(graph, node);
      });
}

// Whether `node` works with the dimensions of the file's shape, which tensors
// of equal rows may have differently: [1, 4, 6] and [4, 6].
bool ReadsShape(const Graph& graph, const Node& node) {
  if (std::holds_alternative<TransposeAttrs>(node.attrs)) return true;
  if (!std::holds_alternative<AddAttrs>(node.attrs)) return false;
  const int64_t elements = graph.tensor(node.outputs[0]).elements();
  return std::any_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
    return graph.tensor(id).elements() != elements;  // broadcasts
  });
}

bool ReadersIgnoreShape(const Graph& graph, TensorId tensor) {
  return std::none_of(
      graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
        return std::count(node.inputs.begin(), node.inputs.end(), tensor) > 0 &&
               ReadsShape(graph, node);
      });
}

bool HasReaders(const Graph& graph, TensorId tensor) {
  return std::any_of(
      graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
        return std::count(node.inputs.begin(), node.inputs.end(), tensor) > 0;
      });
}

// Whether readers of `out` may read `in` in its place. Network outputs may
// always: their port keeps the shape and the scale that the user sees.
bool CanReplace(const Graph& graph, TensorId in, TensorId out) {
  if (graph.tensor(in).IsConstant()) return false;
  if (!HasReaders(graph, out)) return true;
  const Quantization& a = graph.tensor(in).quant;
  const Quantization& b = graph.tensor(out).quant;
  if (a.scale() != b.scale() || a.zero_point() != b.zero_point()) return false;
  if (graph.tensor(in).hwc == graph.tensor(out).hwc) {
    return graph.tensor(in).shape == graph.tensor(out).shape ||
           ReadersIgnoreShape(graph, out);
  }
  return ReadersIgnoreRows(graph, out);
}

// A network input that is only reshaped takes the new shape itself.
bool InputCanTakeRows(const Graph& graph, const Node& node) {
  const TensorId in = node.inputs[0];
  if (!IsNetworkInput(graph, in) || IsNetworkOutput(graph, in)) return false;
  int readers = 0;
  for (const Node& other : graph.nodes) {
    if (std::count(other.inputs.begin(), other.inputs.end(), in)) ++readers;
  }
  const Quantization& a = graph.tensor(in).quant;
  const Quantization& b = graph.tensor(node.outputs[0]).quant;
  return readers == 1 && a.scale() == b.scale() &&
         a.zero_point() == b.zero_point();
}

}  // namespace

Result<bool> RemoveNoOps(Graph& graph) {
  bool changed = false;
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    if (!HandsBytesOn(graph, node)) continue;
    const TensorId in = node.inputs[0];
    const TensorId out = node.outputs[0];
    if (!CanReplace(graph, in, out)) {
      if (!InputCanTakeRows(graph, node)) continue;
      graph.tensor(in).hwc = graph.tensor(out).hwc;
      graph.tensor(in).shape = graph.tensor(out).shape;
    }
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(n));
    ReplaceUses(graph, out, in);
    --n;
    changed = true;
  }
  return changed;
}

}  // namespace msf
