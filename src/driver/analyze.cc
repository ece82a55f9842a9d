// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/analyze.h"

#include <set>

#include "driver/planner.h"
#include "import/import.h"
#include "memory/allocator.h"
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

// Bytes that live while the steps of `span` run.
int64_t LiveBytes(const MemoryProblem& problem, const Lifespan& span) {
  int64_t sum = 0;
  for (const Buffer& buffer : problem.buffers) {
    if (buffer.life.Overlaps(span)) sum += buffer.bytes;
  }
  return sum;
}

// An interpreter holds tensors whole: no row of one makes room for a row of
// the next, as it may in a plan of ours.
MemoryProblem WholeTensors(MemoryProblem problem) {
  for (Buffer& buffer : problem.buffers) buffer.rows.clear();
  problem.in_place.clear();
  return problem;
}

Result<void> AddPlainArena(const Graph& graph, Analysis& analysis) {
  const PlanRequest plain{.method = Method::kPlain,
                          .input_mode = InputMode::kResident};
  MSF_ASSIGN(const PlannedModel model, MakePlan(graph, plain));
  const MemoryProblem problem = WholeTensors(model.schedule.memory);
  analysis.plain_arena_bytes = Allocate(problem).arena_bytes;
  int64_t most = -1;
  Lifespan span;
  for (const ScheduleBlock& block : model.schedule.blocks) {  // of one node
    const ScheduleStage& stage = block.stages.front();
    span = {span.last, span.last + stage.form.steps};
    const int64_t live = LiveBytes(problem, span);
    if (live <= most) continue;
    most = live;
    const Node& node = graph.node(stage.node);
    analysis.peak_node = node.source_index;
    analysis.peak_op = OpDefOf(node).tflite;
    analysis.peak_name = graph.tensor(node.outputs[0]).name;
  }
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
