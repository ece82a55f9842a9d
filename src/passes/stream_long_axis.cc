// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "passes/stream_long_axis.h"

#include <algorithm>
#include <utility>

#include "support/check.h"

namespace msf {
namespace {

enum class Role {
  kFixed,      // needs the axes as they are
  kBytes,      // sees bytes, not axes
  kSwappable,  // has axes, and can swap them
};

Role RoleOf(const Node& node) {
  return std::visit(
      [](const auto& attrs) {
        using T = std::decay_t<decltype(attrs)>;
        if constexpr (std::is_same_v<T, ReshapeAttrs> ||
                      std::is_same_v<T, FullyConnectedAttrs> ||
                      std::is_same_v<T, TransposeAttrs>) {
          return Role::kBytes;
        } else if constexpr (std::is_same_v<T, std::monostate>) {
          return Role::kFixed;
        } else {
          return Role::kSwappable;
        }
      },
      node.attrs);
}

std::vector<TensorId> Activations(const Graph& graph, const Node& node) {
  std::vector<TensorId> ids = ActivationInputs(graph, node);
  ids.insert(ids.end(), node.outputs.begin(), node.outputs.end());
  return ids;
}

// Tensors that every neighbour lets swap; whole regions swap or none.
std::vector<bool> SwappableTensors(const Graph& graph) {
  std::vector<bool> swap(graph.tensors.size(), false);
  for (size_t id = 0; id < graph.tensors.size(); ++id) {
    const Tensor& tensor = graph.tensors[id];
    swap[id] = !tensor.IsConstant() && tensor.hwc.h == 1;
  }
  for (bool again = true; again;) {
    again = false;
    for (const Node& node : graph.nodes) {
      const Role role = RoleOf(node);
      if (role == Role::kBytes) continue;
      const std::vector<TensorId> ids = Activations(graph, node);
      const bool all =
          role == Role::kSwappable &&
          std::all_of(ids.begin(), ids.end(), [&](TensorId id) {
            return swap[static_cast<size_t>(id)];
          });
      if (all) continue;
      for (TensorId id : ids) {
        if (swap[static_cast<size_t>(id)]) again = true;
        swap[static_cast<size_t>(id)] = false;
      }
    }
  }
  return swap;
}

void SwapWindow(Window& window) {
  std::swap(window.kernel_h, window.kernel_w);
  std::swap(window.stride_h, window.stride_w);
  std::swap(window.dilation_h, window.dilation_w);
  std::swap(window.pad.top, window.pad.left);
  std::swap(window.pad.bottom, window.pad.right);
}

// [o, kh, kw, i] -> [o, kw, kh, i], as a new tensor: others may share it.
TensorId SwapWeights(Graph& graph, TensorId id) {
  Tensor swapped = graph.tensor(id);
  MSF_CHECK(swapped.shape.size() == 4 && swapped.dtype == DType::kInt8);
  const auto dim = [&](size_t i) {
    return static_cast<size_t>(swapped.shape[i]);
  };
  const size_t outer = dim(0), kh = dim(1), kw = dim(2), inner = dim(3);
  auto bytes = std::make_shared<std::vector<uint8_t>>(swapped.data->size());
  for (size_t o = 0; o < outer; ++o) {
    for (size_t y = 0; y < kh; ++y) {
      for (size_t x = 0; x < kw; ++x) {
        std::copy_n(swapped.data->begin() +
                        static_cast<std::ptrdiff_t>(
                            ((o * kh + y) * kw + x) * inner),
                    inner,
                    bytes->begin() + static_cast<std::ptrdiff_t>(
                                         ((o * kw + x) * kh + y) * inner));
      }
    }
  }
  std::swap(swapped.shape[1], swapped.shape[2]);
  swapped.hwc = CanonicalHwc(swapped.shape);
  swapped.data = std::move(bytes);
  graph.tensors.push_back(std::move(swapped));
  return static_cast<TensorId>(graph.tensors.size() - 1);
}

void SwapNode(Graph& graph, Node& node) {
  if (auto* conv = std::get_if<Conv2DAttrs>(&node.attrs)) {
    SwapWindow(conv->window);
    node.inputs[1] = SwapWeights(graph, node.inputs[1]);
  } else if (auto* dw = std::get_if<DepthwiseConv2DAttrs>(&node.attrs)) {
    SwapWindow(dw->window);
    node.inputs[1] = SwapWeights(graph, node.inputs[1]);
  } else if (auto* average = std::get_if<AveragePool2DAttrs>(&node.attrs)) {
    SwapWindow(average->window);
  } else if (auto* max = std::get_if<MaxPool2DAttrs>(&node.attrs)) {
    SwapWindow(max->window);
  } else if (auto* pad = std::get_if<PadAttrs>(&node.attrs)) {
    std::swap(pad->pad.top, pad->pad.left);
    std::swap(pad->pad.bottom, pad->pad.right);
  } else if (auto* mean = std::get_if<MeanAttrs>(&node.attrs)) {
    std::swap(mean->reduce_h, mean->reduce_w);
  } else if (std::holds_alternative<AddAttrs>(node.attrs)) {
    for (TensorId& id : node.inputs) {
      if (!graph.tensor(id).IsConstant()) continue;
      Tensor copy = graph.tensor(id);
      std::swap(copy.hwc.h, copy.hwc.w);
      graph.tensors.push_back(std::move(copy));
      id = static_cast<TensorId>(graph.tensors.size() - 1);
    }
  }
}

}  // namespace

Result<bool> StreamLongAxis(Graph& graph) {
  const std::vector<bool> swap = SwappableTensors(graph);
  bool changed = false;
  for (size_t id = 0; id < swap.size(); ++id) {
    Hwc& hwc = graph.tensors[id].hwc;
    if (!swap[id] || hwc.w == 1) continue;
    std::swap(hwc.h, hwc.w);
    changed = true;
  }
  if (!changed) return false;
  for (Node& node : graph.nodes) {
    if (RoleOf(node) != Role::kSwappable) continue;
    const TensorId out = node.outputs[0];
    if (swap[static_cast<size_t>(out)]) SwapNode(graph, node);
  }
  return true;
}

}  // namespace msf
