// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "passes/edit.h"

#include <algorithm>

namespace msf {
namespace {

bool Names(const std::vector<Port>& ports, TensorId tensor) {
  return std::any_of(ports.begin(), ports.end(), [&](const Port& port) {
    return port.tensor == tensor;
  });
}

}  // namespace

void ReplaceUses(Graph& graph, TensorId from, TensorId to) {
  for (Node& node : graph.nodes) {
    std::replace(node.inputs.begin(), node.inputs.end(), from, to);
  }
  for (Port& port : graph.outputs) {
    if (port.tensor == from) port.tensor = to;
  }
}

bool IsNetworkOutput(const Graph& graph, TensorId tensor) {
  return Names(graph.outputs, tensor);
}

bool IsNetworkInput(const Graph& graph, TensorId tensor) {
  return Names(graph.inputs, tensor);
}

}  // namespace msf
