// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "schedule/schedule.h"

#include <algorithm>

#include "memory/allocator.h"
#include "memory/lifespans.h"
#include "memory/validator.h"
#include "plan/block.h"
#include "plan/patch.h"
#include "plan/stage.h"
#include "schedule/patch_tables.h"
#include "support/check.h"

namespace msf {
namespace {

class Builder {
 public:
  Builder(const Graph& graph, const UnitGraph& units, const Plan& plan)
      : graph_(graph), units_(units), index_(graph.tensors.size(), -1) {
    schedule_.plan = plan;
  }

  Result<Schedule> Build() {
    std::vector<BlockTrace> traces;
    for (const BlockPlan& block : schedule_.plan.blocks) {
      traces.push_back(TraceBlock(units_, block));
    }
    std::vector<std::string> names;
    for (const Tensor& tensor : graph_.tensors) names.push_back(tensor.name);
    buffers_ = CollectBuffers(units_, schedule_.plan, traces, names);
    MSF_RETURN_IF_ERROR(LayOut());
    for (TensorId id : units_.inputs) {
      schedule_.inputs.push_back(TensorIndex(id));
    }
    auto move = buffers_.moves.begin();
    for (size_t b = 0; b < traces.size(); ++b) {
      for (; move != buffers_.moves.end() &&
             static_cast<size_t>(move->block) == b;
           ++move) {
        AddMove(*move);
      }
      AddBlock(schedule_.plan.blocks[b], traces[b]);
    }
    for (const Port& port : graph_.outputs) {
      schedule_.outputs.push_back(TensorIndex(port.tensor));
    }
    CountInputBytes();
    schedule_.plain_macs = Macs(graph_);
    schedule_.steps = buffers_.steps;
    return std::move(schedule_);
  }

 private:
  Result<void> LayOut() {
    MemoryLayout layout = Allocate(buffers_.problem);
    MSF_RETURN_IF_ERROR(ValidateLayout(buffers_.problem, layout));
    schedule_.arena_bytes = layout.arena_bytes;
    schedule_.arena_is_optimal = layout.is_optimal;
    for (const Buffer& buffer : buffers_.problem.buffers) {
      schedule_.arena_align = std::max(schedule_.arena_align, buffer.align);
    }
    schedule_.memory = buffers_.problem;
    schedule_.layout = std::move(layout);
    return {};
  }

  int64_t OffsetOf(int32_t buffer) const {
    return buffer < 0
               ? 0
               : schedule_.layout.offsets[static_cast<size_t>(buffer)];
  }

  int32_t TensorIndex(TensorId id) {
    int32_t& index = index_[static_cast<size_t>(id)];
    if (index >= 0) return index;
    return index = AddTensor(id, buffers_.of_tensor[static_cast<size_t>(id)]);
  }

  // The tensor where it lies in this buffer.
  int32_t AddTensor(TensorId id, int32_t buffer) {
    const UnitTensor& tensor = units_.tensor(id);
    ScheduleTensor entry{
        .tensor = id,
        .offset = OffsetOf(buffer),
        .row_bytes = tensor.row_bytes,
        .capacity = buffers_.capacity[static_cast<size_t>(id)],
        .rows = tensor.rows};
    if (buffer >= 0) {
      entry.last_step =
          buffers_.problem.buffers[static_cast<size_t>(buffer)].life.last;
    }
    if (tensor.is_external) {
      const auto input =
          std::find(units_.inputs.begin(), units_.inputs.end(), id);
      entry.external_input =
          static_cast<int32_t>(input - units_.inputs.begin());
    }
    schedule_.tensors.push_back(entry);
    return static_cast<int32_t>(schedule_.tensors.size()) - 1;
  }

  void AddMove(const BufferMove& move) {
    const UnitTensor& tensor = units_.tensor(move.tensor);
    ScheduleStage stage{
        .node = units_.unit(tensor.producer).node,
        .form = {.kind = StageKind::kWhole, .steps = 1, .needs = {}}};
    stage.form.needs = {{.stride = 1, .offset = 0, .extent = tensor.rows}};
    stage.call = {
        .kernel = "msf_copy", .params_type = "msf_copy_params", .fields = {}};
    stage.call.Int("whole", 1);
    stage.reads = {{.tensor = TensorIndex(move.tensor),
                    .producer = -1,
                    .need = stage.form.needs[0]}};
    stage.output = AddTensor(move.tensor, move.to);
    index_[static_cast<size_t>(move.tensor)] = stage.output;
    schedule_.blocks.push_back(
        {.is_move = true, .stages = {std::move(stage)}, .goals = {0}});
  }

  void AddBlock(const BlockPlan& block, const BlockTrace& trace) {
    ScheduleBlock result;
    for (size_t s = 0; s < block.stages.size(); ++s) {
      result.stages.push_back(StageOf(block, block.stages[s]));
      if (trace.stages[s].is_goal) {
        result.goals.push_back(static_cast<int32_t>(s));
      }
      schedule_.macs += result.stages.back().form.macs;
    }
    schedule_.blocks.push_back(std::move(result));
  }

  ScheduleStage StageOf(const BlockPlan& block, const StagePlan& plan) {
    Stage shape = msf::StageOf(units_, plan);
    const int32_t last = plan.last_unit - 1;
    const Unit& unit = units_.unit(last);
    ScheduleStage stage{.node = unit.node,
                        .input = unit.input,
                        .piece_cols = unit.piece_cols,
                        .pixel_bytes = unit.pixel_bytes,
                        .form = std::move(shape.form)};
    if (plan.IsPatch()) {
      stage.call = {.kernel = "msf_patch",
                    .params_type = "msf_patch_params",
                    .fields = {}};
      stage.patch = PatchOf(plan);
    } else if (unit.node >= 0) {
      stage.call = CallOf(unit, stage.form);
    }
    for (size_t i = 0; i < shape.reads.size(); ++i) {
      stage.reads.push_back({.tensor = TensorIndex(shape.reads[i]),
                             .producer = ProducerOf(block, shape.reads[i]),
                             .need = stage.form.needs[i]});
    }
    stage.output = TensorIndex(shape.output);
    stage.state_offset = OffsetOf(buffers_.of_state[static_cast<size_t>(last)]);
    stage.scratch_offset =
        OffsetOf(buffers_.of_scratch[static_cast<size_t>(last)]);
    return stage;
  }

  KernelCall CallOf(const Unit& unit, const StageForm& form) const {
    const Node& node = graph_.node(unit.node);
    return OpDefOf(node).kernel(graph_, node, form);
  }

  // The stage of the block that makes the tensor, or -1.
  int32_t ProducerOf(const BlockPlan& block, TensorId tensor) const {
    const int32_t producer = units_.tensor(tensor).producer;
    for (size_t s = 0; s < block.stages.size(); ++s) {
      if (block.stages[s].last_unit - 1 == producer) {
        return static_cast<int32_t>(s);
      }
    }
    return -1;
  }

  SchedulePatch PatchOf(const StagePlan& plan) const {
    const std::optional<Patch> patch = MakePatch(units_, plan);
    MSF_CHECK(patch.has_value());
    const std::vector<int32_t> columns = ColumnsPerCall(*patch, plan);
    SchedulePatch result{.nodes = {}, .table = PatchParamsOf(*patch, plan)};
    for (int32_t pass = 0; pass < patch->passes; ++pass) {
      for (size_t i = 0; i < patch->units.size(); ++i) {
        StageForm form = units_.unit(patch->units[i].unit).forms[0];
        form.columns_per_call = columns[i];
        result.nodes.push_back(
            PatchNodeFor(*patch, i, form, PassOf(*patch, plan, i, pass)));
      }
    }
    return result;
  }

  SchedulePatchNode PatchNodeFor(const Patch& patch, size_t i,
                                 const StageForm& form,
                                 const UnitPass& pass) const {
    const PatchUnit& entry = patch.units[i];
    const Unit& unit = units_.unit(entry.unit);
    SchedulePatchNode node{
        .node = unit.node,
        .tensor = unit.output,
        .call = {},
        .reads = PatchReadsOf(entry),
        .columns = {},
        .table = PatchNodeOf(patch, i, pass, units_.tensor(unit.output))};
    for (const PatchRead& read : entry.reads) {
      node.columns.push_back(read.columns);
    }
    if (pass.rests) return node;
    node.call = entry.by_taps ? WithTaps(entry)
                : pass.slice  ? SliceOf(unit, form, *pass.slice)
                              : CallOf(unit, form);
    node.table.many_rows = node.call.many_rows ? 1 : 0;
    if (pass.slice && pass.slice->role != SliceRole::kInputs) {
      node.first_channel = pass.slice->first;
      node.made_bytes = pass.slice->count;
    }
    return node;
  }

  // The unit, which makes the output of the one before it tap by tap.
  KernelCall WithTaps(const PatchUnit& entry) const {
    const Node& node = graph_.node(units_.unit(entry.unit).node);
    const Node& before = graph_.node(units_.unit(entry.unit - 1).node);
    return *OpDefOf(node).with_taps(graph_, before, node);
  }

  KernelCall SliceOf(const Unit& unit, const StageForm& form,
                     const ChannelSlice& slice) const {
    const Node& whole = graph_.node(unit.node);
    return OpDefOf(whole).slice(graph_, whole, form, slice);
  }

  void CountInputBytes() {
    for (TensorId id : units_.inputs) AddInputBytes(id);
    for (const Unit& unit : units_.units) {
      if (unit.IsFeed() && unit.node >= 0) AddInputBytes(unit.output);
    }
  }

  void AddInputBytes(TensorId id) {
    const int32_t buffer = buffers_.of_tensor[static_cast<size_t>(id)];
    if (buffer < 0) return;
    schedule_.input_bytes +=
        buffers_.problem.buffers[static_cast<size_t>(buffer)].bytes;
  }

  const Graph& graph_;
  const UnitGraph& units_;
  std::vector<int32_t> index_;  // TensorId -> Schedule::tensors
  PlanBuffers buffers_;
  Schedule schedule_;
};

}  // namespace

std::vector<const KernelCall*> CallsOf(const ScheduleStage& stage) {
  std::vector<const KernelCall*> calls;
  if (stage.node < 0) return calls;
  calls.push_back(&stage.call);
  if (!stage.patch) return calls;
  for (const SchedulePatchNode& node : stage.patch->nodes) {
    if (!node.rests()) calls.push_back(&node.call);
  }
  return calls;
}

Result<Schedule> BuildSchedule(const Graph& graph, const UnitGraph& units,
                               const Plan& plan) {
  return Builder(graph, units, plan).Build();
}

}  // namespace msf
