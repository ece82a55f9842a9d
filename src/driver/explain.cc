// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/explain.h"

#include <algorithm>
#include <cstdlib>

#include "memory/allocator.h"
#include "plan/block.h"
#include "plan/patch.h"
#include "support/check.h"

namespace msf {
namespace {

// Of `rows_made` rows of the unit's output; columns that nobody reads count.
int64_t MacsOf(const Unit& unit, int32_t rows, int64_t rows_made) {
  return unit.forms[0].macs / rows * rows_made;
}

NodeOutput OutputOfPatch(const UnitGraph& units, const PatchUnit& entry) {
  const Unit& unit = units.unit(entry.unit);
  NodeOutput output{.node = unit.node,
                    .extent = Extent::kTile,
                    .rows = units.tensor(unit.output).rows,
                    .rows_kept = entry.kept_rows};
  // Columns that two strips make count like rows.
  output.rows_made = entry.width == 0 ? 0
                                      : entry.rows_made * entry.columns_made /
                                            entry.width;
  output.macs = MacsOf(unit, output.rows, output.rows_made);
  if (output.rows_made > output.rows) {
    output.extent = Extent::kRecomputed;
  } else if (entry.kept_rows > 0) {
    output.extent = Extent::kLineBuffer;
  }
  return output;
}

// Of the unit before `entry`, which makes it tap by tap. As many rows as its
// pixels would fill.
NodeOutput OutputOfTaps(const UnitGraph& units, const PatchUnit& entry) {
  const Unit& unit = units.unit(entry.unit - 1);
  const UnitTensor& tensor = units.tensor(unit.output);
  const int64_t pixels = int64_t{tensor.rows} * tensor.columns;
  return {.node = unit.node,
          .extent = Extent::kTaps,
          .rows = tensor.rows,
          .rows_made = entry.taps_made / tensor.columns,
          .macs = unit.forms[0].macs / pixels * entry.taps_made};
}

NodeOutput OutputOfStage(const UnitGraph& units, int32_t index,
                         const StageTrace& trace) {
  const Unit& unit = units.unit(index);
  const int32_t rows = units.tensor(unit.output).rows;
  return {.node = unit.node,
          .extent = trace.capacity == rows ? Extent::kWhole
                                           : Extent::kLineBuffer,
          .rows = rows,
          .rows_kept = trace.capacity,
          .rows_made = rows,
          .macs = MacsOf(unit, rows, rows)};
}

std::vector<NodeOutput> OutputsOfStage(const UnitGraph& units,
                                       const StagePlan& stage,
                                       const StageTrace& trace) {
  std::vector<NodeOutput> outputs;
  const int32_t last = stage.last_unit - 1;
  if (stage.IsPatch()) {
    const std::optional<Patch> patch = MakePatch(units, stage);
    MSF_CHECK(patch.has_value());
    for (const PatchUnit& entry : patch->units) {
      if (entry.by_taps) outputs.push_back(OutputOfTaps(units, entry));
      if (entry.unit == last) break;
      outputs.push_back(OutputOfPatch(units, entry));
    }
  }
  if (units.unit(last).node >= 0) {
    outputs.push_back(OutputOfStage(units, last, trace));
  }
  return outputs;
}

int Direction(int64_t from, int64_t to) { return (to > from) - (to < from); }

bool Differs(const NodeOutput& from, const NodeOutput& to) {
  return from.extent != to.extent || from.rows_made != to.rows_made ||
         from.rows_kept != to.rows_kept;
}

// Whether two nodes change in the same way.
bool Alike(const Change& change, const NodeOutput& from, const NodeOutput& to) {
  return change.last_node + 1 == from.node &&
         change.from.extent == from.extent && change.to.extent == to.extent &&
         Direction(change.from.rows_made, change.to.rows_made) ==
             Direction(from.rows_made, to.rows_made) &&
         Direction(change.from.rows_kept, change.to.rows_kept) ==
             Direction(from.rows_kept, to.rows_kept);
}

void AddRows(NodeOutput& sum, const NodeOutput& output) {
  sum.rows += output.rows;
  sum.rows_kept += output.rows_kept;
  sum.rows_made += output.rows_made;
  sum.macs += output.macs;
}

int64_t MacsChanged(const Change& change) {
  return std::abs(change.to.macs - change.from.macs);
}

std::vector<Change> ChangesOf(const std::vector<NodeOutput>& from,
                              const std::vector<NodeOutput>& to) {
  std::vector<Change> changes;
  for (size_t i = 0; i < from.size(); ++i) {
    if (!Differs(from[i], to[i])) continue;
    if (!changes.empty() && Alike(changes.back(), from[i], to[i])) {
      AddRows(changes.back().from, from[i]);
      AddRows(changes.back().to, to[i]);
      changes.back().last_node = from[i].node;
    } else {
      changes.push_back({from[i], to[i], from[i].node});
    }
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) {
                     return MacsChanged(a) > MacsChanged(b);
                   });
  return changes;
}

std::optional<OtherPlan> Compare(const PlannedModel& model,
                                 const std::optional<PlanBeside>& other) {
  if (!other) return std::nullopt;
  const Schedule& schedule = model.schedule;
  return OtherPlan{
      .more_bytes = other->arena_bytes - schedule.arena_bytes,
      .more_macs = other->macs - schedule.macs,
      .arena_bytes = other->arena_bytes,
      .overhead_factor = static_cast<double>(other->macs) /
                         static_cast<double>(schedule.plain_macs),
      .changes = ChangesOf(OutputsOf(model.units, schedule.plan),
                           OutputsOf(other->units, other->plan))};
}

// Finds what runs at a step of the inference.
void FindStep(const UnitGraph& units, const Plan& plan, int64_t step,
              Peak& peak) {
  for (const BlockPlan& block : plan.blocks) {
    const auto moves = static_cast<int64_t>(block.moves.size());
    if (step < moves) {
      peak.stage = -1;
      const TensorId tensor = block.moves[static_cast<size_t>(step)];
      peak.node = units.unit(units.tensor(tensor).producer).node;
      return;
    }
    step -= moves;
    const BlockTrace trace = TraceBlock(units, block);
    if (step < trace.steps) {
      peak.stage = trace.order[static_cast<size_t>(step)];
      const StagePlan& stage = block.stages[static_cast<size_t>(peak.stage)];
      peak.node = units.unit(stage.last_unit - 1).node;
      return;
    }
    step -= trace.steps;
    ++peak.block;
  }
}

}  // namespace

const char* ToString(Extent extent) {
  switch (extent) {
    case Extent::kWhole:
      return "whole";
    case Extent::kLineBuffer:
      return "line buffer";
    case Extent::kTile:
      return "tile";
    case Extent::kRecomputed:
      return "recomputed";
    case Extent::kTaps:
      return "tap by tap";
  }
  return "?";
}

std::vector<std::vector<NodeOutput>> OutputsOf(const UnitGraph& units,
                                               const BlockPlan& block) {
  const BlockTrace trace = TraceBlock(units, block);
  std::vector<std::vector<NodeOutput>> outputs;
  for (size_t s = 0; s < block.stages.size(); ++s) {
    outputs.push_back(OutputsOfStage(units, block.stages[s], trace.stages[s]));
  }
  return outputs;
}

std::vector<NodeOutput> OutputsOf(const UnitGraph& units, const Plan& plan) {
  std::vector<NodeOutput> all;
  for (const BlockPlan& block : plan.blocks) {
    for (const auto& outputs : OutputsOf(units, block)) {
      all.insert(all.end(), outputs.begin(), outputs.end());
    }
  }
  std::sort(all.begin(), all.end(),
            [](const NodeOutput& a, const NodeOutput& b) {
              return a.node < b.node;
            });
  return all;
}

Peak FindPeak(const UnitGraph& units, const Schedule& schedule) {
  const BusiestStep busiest = FindBusiestStep(schedule.memory);
  Peak peak{.bytes = busiest.bytes};
  const std::vector<int64_t> live = LiveBytesAt(schedule.memory, busiest.step);
  for (size_t b = 0; b < live.size(); ++b) {
    if (live[b] == 0) continue;
    peak.buffers.push_back({schedule.memory.buffers[b].name, live[b]});
  }
  std::stable_sort(peak.buffers.begin(), peak.buffers.end(),
                   [](const LiveBuffer& a, const LiveBuffer& b) {
                     return a.bytes > b.bytes;
                   });
  FindStep(units, schedule.plan, busiest.step, peak);
  return peak;
}

Explanation Explain(const PlannedModel& model) {
  return {.peak = FindPeak(model.units, model.schedule),
          .smaller = Compare(model, model.smaller),
          .cheaper = Compare(model, model.cheaper)};
}

}  // namespace msf
