// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/unit_graph.h"

#include <algorithm>

namespace msf {
namespace {

Unit FeedOf(const Graph& graph, int32_t input) {
  Unit unit;
  unit.input = input;
  unit.output = graph.inputs[static_cast<size_t>(input)].tensor;
  unit.forms = {{.kind = StageKind::kFeed,
                 .steps = graph.tensor(unit.output).hwc.h,
                 .needs = {}}};
  return unit;
}

Unit UnitOf(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  Unit unit;
  unit.node = id;
  unit.reads = ActivationInputs(graph, node);
  unit.output = node.outputs[0];
  const OpDef& op = OpDefOf(node);
  unit.forms = op.forms(graph, node);
  if (op.slice_roles != nullptr) {
    unit.slice_roles = op.slice_roles(graph, node);
  }
  return unit;
}

// Feeds of the inputs that `node` reads and that have none yet.
void AddFeeds(const Graph& graph, const std::vector<TensorId>& reads,
              std::vector<bool>& fed, std::vector<Unit>& units) {
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const TensorId tensor = graph.inputs[i].tensor;
    if (fed[i] || std::count(reads.begin(), reads.end(), tensor) == 0) continue;
    fed[i] = true;
    units.push_back(FeedOf(graph, static_cast<int32_t>(i)));
  }
}

}  // namespace

UnitGraph BuildUnitGraph(const Graph& graph, InputMode input_mode,
                         const NodeOrder& order) {
  UnitGraph result;
  result.input_mode = input_mode;
  std::vector<bool> fed(graph.inputs.size(),
                        input_mode != InputMode::kStreamed);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    Unit unit =
        UnitOf(graph, order.empty() ? static_cast<NodeId>(n) : order[n]);
    AddFeeds(graph, unit.reads, fed, result.units);
    result.units.push_back(std::move(unit));
  }
  for (const Port& port : graph.inputs) {
    AddFeeds(graph, {port.tensor}, fed, result.units);
    result.inputs.push_back(port.tensor);
  }

  for (const Tensor& tensor : graph.tensors) {
    result.tensors.push_back(
        {.rows = tensor.hwc.h,
         .row_bytes = tensor.row_bytes(),
         .columns = tensor.hwc.w});
  }
  const auto at = [&](TensorId id) -> UnitTensor& {
    return result.tensors[static_cast<size_t>(id)];
  };
  for (size_t u = 0; u < result.units.size(); ++u) {
    at(result.units[u].output).producer = static_cast<int32_t>(u);
    for (TensorId id : result.units[u].reads) {
      at(id).last_read = static_cast<int32_t>(u);
    }
  }
  for (const Port& port : graph.outputs) at(port.tensor).is_output = true;
  for (const Port& port : graph.inputs) {
    at(port.tensor).is_external = input_mode == InputMode::kExternal;
    at(port.tensor).is_resident_input = input_mode == InputMode::kResident;
  }
  return result;
}

}  // namespace msf
