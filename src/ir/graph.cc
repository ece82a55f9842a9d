// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "ir/graph.h"

#include <algorithm>

namespace msf {

std::vector<TensorId> ActivationInputs(const Graph& graph, const Node& node) {
  std::vector<TensorId> ids;
  for (TensorId id : node.inputs) {
    if (id != kNoTensor && !graph.tensor(id).IsConstant()) ids.push_back(id);
  }
  return ids;
}

std::vector<NodeId> Producers(const Graph& graph) {
  std::vector<NodeId> producers(graph.tensors.size(), -1);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    for (TensorId id : graph.nodes[n].outputs) {
      producers[static_cast<size_t>(id)] = static_cast<NodeId>(n);
    }
  }
  return producers;
}

std::vector<std::vector<NodeId>> Consumers(const Graph& graph) {
  std::vector<std::vector<NodeId>> consumers(graph.tensors.size());
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    for (TensorId id : graph.nodes[n].inputs) {
      if (id == kNoTensor) continue;
      auto& readers = consumers[static_cast<size_t>(id)];
      const NodeId node = static_cast<NodeId>(n);
      if (readers.empty() || readers.back() != node) readers.push_back(node);
    }
  }
  return consumers;
}

std::string Where(const Graph& graph, const Node& node, const char* op) {
  std::string text = graph.source + ": node " +
                     std::to_string(node.source_index) + " " + op;
  if (!node.outputs.empty()) {
    text += " '" + graph.tensor(node.outputs[0]).name + "'";
  }
  return text;
}

}  // namespace msf
