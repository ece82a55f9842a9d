// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/unit_graph.h"

#include <algorithm>
#include <cstdint>

namespace msf {
namespace {

// Of an input that is received piece by piece, at most, if a pixel is not more.
// Fewer cost calls; more would be the largest scratch of some blocks.
constexpr int64_t kPieceBytes = 128;

int64_t PixelBytes(const Tensor& tensor) {
  return tensor.row_bytes() / tensor.hwc.w;
}

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

// Of the network input that the node reads, if nobody else does and it can be
// received piece by piece; else -1.
int32_t InputByPieces(const Graph& graph, const Unit& unit) {
  if (unit.reads.size() != 1 || unit.forms.size() != 1) return -1;
  const StageForm& form = unit.forms[0];
  const auto is_own = [](const RowNeed& need) {
    return need.stride == 1 && need.offset == 0 && need.extent == 1;
  };
  if (form.kind != StageKind::kRow || form.rows_per_step != 1 ||
      form.macs > 0 || form.state_bytes > 0 || form.scratch_bytes > 0 ||
      form.columns.size() != 1 || !is_own(form.needs[0]) ||
      !is_own(form.columns[0])) {
    return -1;
  }
  const TensorId id = unit.reads[0];
  if (graph.tensor(id).hwc != graph.tensor(unit.output).hwc) return -1;
  const auto reads_it = [&](const Node& node) {
    return std::count(node.inputs.begin(), node.inputs.end(), id) > 0;
  };
  const auto is_it = [&](const Port& port) { return port.tensor == id; };
  if (std::count_if(graph.nodes.begin(), graph.nodes.end(), reads_it) > 1 ||
      std::any_of(graph.outputs.begin(), graph.outputs.end(), is_it) ||
      PixelBytes(graph.tensor(id)) > UINT16_MAX) {
    return -1;
  }
  const auto input =
      std::find_if(graph.inputs.begin(), graph.inputs.end(), is_it);
  return input == graph.inputs.end()
             ? -1
             : static_cast<int32_t>(input - graph.inputs.begin());
}

bool MakesTaps(const Graph& graph, const UnitGraph& units, size_t index) {
  const Unit& unit = units.units[index];
  const Unit& before = units.units[index - 1];
  if (unit.node < 0 || before.node < 0 || before.IsFeed()) return false;
  const UnitTensor& between = units.tensor(before.output);
  if (unit.reads != std::vector<TensorId>{before.output} ||
      between.is_output || between.last_read != static_cast<int32_t>(index)) {
    return false;
  }
  const Node& node = graph.node(unit.node);
  const OpDef& op = OpDefOf(node);
  return op.with_taps != nullptr &&
         op.with_taps(graph, graph.node(before.node), node).has_value();
}

// Lets the unit receive the input that it reads.
void MakeFeed(const Graph& graph, int32_t input, Unit& unit) {
  const Tensor& tensor = graph.tensor(unit.reads[0]);
  const int64_t pixel_bytes = PixelBytes(tensor);
  unit.input = input;
  unit.pixel_bytes = static_cast<int32_t>(pixel_bytes);
  unit.piece_cols = static_cast<int32_t>(
      std::clamp<int64_t>(kPieceBytes / pixel_bytes, 1, tensor.hwc.w));
  unit.reads.clear();
  unit.forms = {
      {.kind = StageKind::kFeed,
       .steps = tensor.hwc.h,
       .needs = {},
       .scratch_bytes = unit.piece_cols * pixel_bytes}};
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
    const int32_t input = input_mode == InputMode::kStreamed
                              ? InputByPieces(graph, unit)
                              : -1;
    if (input >= 0) {
      fed[static_cast<size_t>(input)] = true;
      MakeFeed(graph, input, unit);
    }
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
  for (size_t u = 1; u < result.units.size(); ++u) {
    result.units[u].makes_taps = MakesTaps(graph, result, u);
  }
  for (const Port& port : graph.inputs) {
    at(port.tensor).is_external = input_mode == InputMode::kExternal;
    at(port.tensor).is_resident_input = input_mode == InputMode::kResident;
  }
  return result;
}

}  // namespace msf
