// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/analyze.h"

#include <set>

#include "driver/planner.h"
#include "import/import.h"
#include "ops/op_def.h"

namespace msf {
namespace {

int64_t ConstantBytes(const Graph& graph) {
  std::set<TensorId> seen;
  int64_t sum = 0;
  for (const Node& node : graph.nodes) {
    for (TensorId id : node.inputs) {
      if (id == kNoTensor || !graph.tensor(id).IsConstant()) continue;
      if (seen.insert(id).second) {
        sum += static_cast<int64_t>(graph.tensor(id).data->size());
      }
    }
  }
  return sum;
}

std::vector<Analysis::PortInfo> PortsOf(const Graph& graph,
                                        const std::vector<Port>& ports) {
  std::vector<Analysis::PortInfo> infos;
  for (const Port& port : ports) {
    infos.push_back({port, graph.tensor(port.tensor).bytes()});
  }
  return infos;
}

Result<void> AddPlainArena(const Graph& graph, Analysis& analysis) {
  MSF_ASSIGN(const PlainArena plain, FindPlainArena(graph));
  analysis.plain_arena_bytes = plain.bytes;
  if (plain.peak_node < 0) return {};
  const Node& node = graph.node(plain.peak_node);
  analysis.peak_node = node.source_index;
  analysis.peak_op = OpDefOf(node).tflite;
  analysis.peak_name = graph.tensor(node.outputs[0]).name;
  return {};
}

}  // namespace

Result<Analysis> AnalyzeModel(const std::string& path) {
  MSF_ASSIGN(const ModelFile file, ReadModel(path));
  const Graph& graph = file.graph;
  Analysis analysis;
  analysis.model = graph.source;
  analysis.inputs = PortsOf(graph, graph.inputs);
  analysis.outputs = PortsOf(graph, graph.outputs);
  analysis.nodes = static_cast<int32_t>(graph.nodes.size());
  analysis.weight_bytes = ConstantBytes(graph);
  analysis.unsupported = file.unsupported;
  for (const Node& node : graph.nodes) {
    if (node.attrs.index() != 0) analysis.macs += Macs(graph, node);
  }
  if (analysis.unsupported.empty()) {
    MSF_RETURN_IF_ERROR(AddPlainArena(graph, analysis));
  }
  return analysis;
}

}  // namespace msf
