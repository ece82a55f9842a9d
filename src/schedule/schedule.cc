// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "schedule/schedule.h"

#include <algorithm>

#include "memory/allocator.h"
#include "memory/lifespans.h"
#include "memory/validator.h"
#include "plan/block.h"
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
    for (size_t b = 0; b < traces.size(); ++b) {
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
    index = static_cast<int32_t>(schedule_.tensors.size());
    const UnitTensor& tensor = units_.tensor(id);
    ScheduleTensor entry{
        .tensor = id,
        .offset = OffsetOf(buffers_.of_tensor[static_cast<size_t>(id)]),
        .row_bytes = tensor.row_bytes,
        .capacity = buffers_.capacity[static_cast<size_t>(id)],
        .rows = tensor.rows};
    const int32_t buffer = buffers_.of_tensor[static_cast<size_t>(id)];
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
    return index;
  }

  void AddBlock(const BlockPlan& block, const BlockTrace& trace) {
    ScheduleBlock result;
    for (int32_t u = block.first_unit; u < block.last_unit; ++u) {
      const auto s = static_cast<size_t>(u - block.first_unit);
      result.stages.push_back(
          StageOf(block, u, static_cast<size_t>(block.stages[s].form)));
      if (trace.stages[s].is_goal) {
        result.goals.push_back(static_cast<int32_t>(s));
      }
      schedule_.macs += result.stages.back().form.macs;
    }
    schedule_.blocks.push_back(std::move(result));
  }

  ScheduleStage StageOf(const BlockPlan& block, int32_t u, size_t form) {
    const Unit& unit = units_.unit(u);
    ScheduleStage stage{.node = unit.node,
                        .input = unit.input,
                        .form = unit.forms[form]};
    if (unit.node >= 0) {
      const Node& node = graph_.node(unit.node);
      stage.call = OpDefOf(node).kernel(graph_, node, stage.form);
    }
    for (size_t i = 0; i < unit.reads.size(); ++i) {
      const int32_t producer = units_.tensor(unit.reads[i]).producer;
      const bool inside = producer >= block.first_unit;
      stage.reads.push_back(
          {.tensor = TensorIndex(unit.reads[i]),
           .producer = inside ? producer - block.first_unit : -1,
           .need = stage.form.needs[i]});
    }
    stage.output = TensorIndex(unit.output);
    stage.state_offset = OffsetOf(buffers_.of_state[static_cast<size_t>(u)]);
    stage.scratch_offset =
        OffsetOf(buffers_.of_scratch[static_cast<size_t>(u)]);
    return stage;
  }

  void CountInputBytes() {
    for (TensorId id : units_.inputs) {
      const int32_t buffer = buffers_.of_tensor[static_cast<size_t>(id)];
      if (buffer < 0) continue;
      schedule_.input_bytes +=
          buffers_.problem.buffers[static_cast<size_t>(buffer)].bytes;
    }
  }

  const Graph& graph_;
  const UnitGraph& units_;
  std::vector<int32_t> index_;  // TensorId -> Schedule::tensors
  PlanBuffers buffers_;
  Schedule schedule_;
};

}  // namespace

Result<Schedule> BuildSchedule(const Graph& graph, const UnitGraph& units,
                               const Plan& plan) {
  return Builder(graph, units, plan).Build();
}

}  // namespace msf
