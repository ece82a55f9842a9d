// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "passes/remove_dead_code.h"

#include <algorithm>

namespace msf {

Result<bool> RemoveDeadCode(Graph& graph) {
  std::vector<bool> live(graph.tensors.size(), false);
  const auto mark = [&](TensorId id) {
    if (id != kNoTensor) live[static_cast<size_t>(id)] = true;
  };
  for (const Port& port : graph.outputs) mark(port.tensor);
  std::vector<Node> kept;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const bool needed = std::any_of(
        node->outputs.begin(), node->outputs.end(),
        [&](TensorId id) { return live[static_cast<size_t>(id)]; });
    if (!needed) continue;
    for (TensorId id : node->inputs) mark(id);
    kept.push_back(std::move(*node));
  }
  const bool changed = kept.size() != graph.nodes.size();
  std::reverse(kept.begin(), kept.end());
  graph.nodes = std::move(kept);
  return changed;
}

}  // namespace msf
